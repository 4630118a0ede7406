// "Copy link at this moment": the player says where it is by its property `currentMs`.
import { copyText } from './copy-button.ts'

type Player = HTMLElement & { readonly currentMs?: number }

const momentOf = (player: Player | null): number => {
  const at = player?.currentMs ?? Number(player?.getAttribute('start-ms') ?? 0)
  return Number.isFinite(at) ? Math.max(0, Math.round(at)) : 0
}

export const enhancePlayerLink = (root: Document): void => {
  root.querySelector('[data-copy-moment]')?.addEventListener('click', () => {
    const url = new URL(location.pathname, location.origin)
    url.searchParams.set('t', String(momentOf(root.querySelector<Player>('sl-player'))))
    void copyText(url.href)
  })
}
