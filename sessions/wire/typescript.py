"""Writes the wire's messages, kinds, limits and codes as TypeScript, so that Python stays their one source."""

import inspect
from types import ModuleType
from typing import Any

import msgspec.inspect as mi
from msgspec import UNSET, Struct

from . import control, errors, frame, kinds, limits, signals

HEAD = "// Written by `manage.py wire` from sessions/wire/*.py. Do not edit.\n"
PLAIN: dict[type[mi.Type], str] = {
    mi.IntType: "number",
    mi.FloatType: "number",
    mi.StrType: "string",
    mi.BoolType: "boolean",
    mi.AnyType: "unknown",
    mi.RawType: "unknown",
    mi.NoneType: "null",
}


def generate() -> str:
    """The whole file `static/src/wire/generated.ts`."""
    parts = [HEAD, _constants(), _union_of_structs()]
    for module, unions in (
        (control, ("FromCollector", "ToCollector", "FromViewer", "ToViewer")),
        (signals, ("FromPeer", "ToPeer")),
    ):
        prefix = "" if module is control else "Signal"
        parts += [f"export type {prefix}{name} = {_members(getattr(module, name), prefix)}\n" for name in unions]
    kinds_map = "\n".join(f"  {name}: {_name(cls)}" for name, cls in kinds.KINDS.items())
    parts.append(f"export interface Kinds {{\n{kinds_map}\n}}\n")
    return "\n".join(parts)


def _constants() -> str:
    lines = [f"export const {name} = {value}" for name, value in vars(limits).items() if name.isupper()]
    lines += [
        f"export const {name} = {value}"
        for name, value in vars(frame).items()
        if name.startswith(("FLAG_", "CODEC_", "HEADER_BYTES")) and isinstance(value, int)
    ]
    codes = "\n".join(f"  {code}: {close}," for code, close in errors.CLOSE_CODES.items())
    return "\n".join(lines) + f"\n\nexport const CLOSE_CODES = {{\n{codes}\n}} as const\n"


def _union_of_structs() -> str:
    return "\n".join(_interface(cls) for module in (kinds, control, signals) for cls in _structs(module))


def _structs(module: ModuleType) -> list[type[Struct]]:
    return [
        cls
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, Struct)
        and cls.__module__ == module.__name__
        and cls not in (control.Message, signals.Signal)
    ]


def _name(cls: type) -> str:
    return f"Signal{cls.__name__}" if cls.__module__ == signals.__name__ else cls.__name__


def _interface(cls: type[Struct]) -> str:
    info = mi.type_info(cls)
    assert isinstance(info, mi.StructType)
    lines = [f"  {info.tag_field}: {_literal(info.tag)}"] if info.tag_field else []
    lines += [f"  {_field(field)}" for field in info.fields]
    doc = inspect.cleandoc(cls.__doc__) if cls.__doc__ and not cls.__doc__.startswith(cls.__name__ + "(") else ""
    comment = f"/** {' '.join(doc.split())} */\n" if doc else ""
    return f"{comment}export interface {_name(cls)} {{\n" + "\n".join(lines) + "\n}\n"


def _field(field: mi.Field) -> str:
    optional = not field.required
    return f"{field.encode_name}{'?' if optional else ''}: {_type(field.type)}"


def _type(kind: mi.Type) -> str:
    match kind:
        case mi.Metadata():
            return _type(kind.type)
        case mi.LiteralType():
            return " | ".join(_literal(value) for value in kind.values)
        case mi.ListType():
            return f"{_wrapped(kind.item_type)}[]"
        case mi.TupleType():
            return f"[{', '.join(_type(item) for item in kind.item_types)}]"
        case mi.DictType():
            return f"Record<string, {_type(kind.value_type)}>"
        case mi.UnionType():
            return " | ".join(_type(item) for item in kind.types if not _is_unset(item))
        case mi.StructType():
            return _name(kind.cls)
    return PLAIN[type(kind)]


def _wrapped(kind: mi.Type) -> str:
    text = _type(kind)
    return f"({text})" if "|" in text else text


def _is_unset(kind: mi.Type) -> bool:
    return (isinstance(kind, mi.CustomType) and kind.cls is type(UNSET)) or type(kind).__name__ == "UnsetType"


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _members(union: Any, prefix: str) -> str:
    return " | ".join(_name(cls) for cls in union.__args__)
