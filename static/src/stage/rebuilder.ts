// Rebuilds one page from its snapshot on. `Rebuilder` is what the stage knows of it; behind it stands @rrweb/replay.

import { Replayer } from '@rrweb/replay'
import { RR_TYPE } from '../wire/rrweb.ts'
import type { RrEvent } from '../wire/rrweb.ts'
import { keepFocus } from './focus.ts'
import { guardDocument } from './guard.ts'
import { Hover } from './hover.ts'
import { isPlainCss } from './plain-css.ts'
import type { Standing } from './clean/events.ts'

export interface Rebuilder extends Standing {
  /** The sandboxed frame in which the page stands. */
  readonly frame: HTMLIFrameElement
  /** Before a run of events: the page is as its visitor's browser had it. */
  begin(): void
  /** Applies one clean event at once. */
  apply(event: RrEvent): void
  /** Behind a run of events: selection and hover show again. */
  end(): void
  /** Marks the node below the pointer, so that `:hover` rules show. */
  hover(id: number): void
  resize(width: number, height: number): void
  /** Stops or resumes CSS animations. */
  pause(paused: boolean): void
  destroy(): void
}

/** The inside of rrweb's Replayer 2.1.6 that we use: its clock, queue, mouse and style rules are left aside. */
interface Inside {
  iframe: HTMLIFrameElement
  wrapper: HTMLElement
  config: { plugins: unknown[] }
  cache: { stylesWithHoverClass: Map<string, string> }
  emitter: { emit(name: string): void }
  getCastFn(event: unknown, isSync: boolean): () => void
  insertStyleRules(html: HTMLElement): void
  attachDocumentToIframe(mutation: unknown, frame: HTMLIFrameElement): void
  applyAdoptedStyleSheet(data: { id: number; styleIds: number[] }): void
  moveAndHover(): void
  addEvent(event: unknown): void
  mediaManager: { reset(): void }
  service: { stop(): void }
  speedService: { stop(): void }
}

interface Meta {
  id: number
  attributes?: Record<string, unknown>
}

const STAGE_CSS =
  '@layer sl-stage{:root{color-scheme:light}}' +
  'noscript{display:none!important}.rr-block{background:currentColor}*,*::before,*::after{scroll-behavior:auto!important}' +
  'html.sl-paused *,html.sl-paused *::before,html.sl-paused *::after{animation-play-state:paused!important}'

/** CSS that was adapted to the `:hover` class, kept over rebuilds. */
const adapted = new Map<string, string>()
const MAX_ADAPTED = 400

export const createRebuilder = (root: HTMLElement): Rebuilder => {
  const replayer = new Replayer([{ type: 5, timestamp: 0, data: { tag: 'sl', payload: {} } } as never], {
    root,
    // Nothing is timed by the replayer: each event is cast by us, and it keeps none.
    liveMode: true,
    useVirtualDom: false,
    mouseTail: false,
    triggerFocus: false,
    pauseAnimation: false,
    UNSAFE_replayCanvas: false,
    logger: { log: () => {}, warn: () => {} } as never,
  })
  const inside = replayer as unknown as Inside
  const mirror = replayer.getMirror()
  const hover = new Hover()
  const frame = inside.iframe
  let paused = false

  inside.cache.stylesWithHoverClass = adapted
  inside.moveAndHover = () => {}
  // What each shadow host adopts: a host that the page moves is built anew, and its sheets are not told again.
  const adoptedBy = new Map<number, number[]>()
  const onBuild = (node: Node): void => {
    const meta = mirror.getMeta(node) as Meta | null
    restore(node, meta)
    const styleIds = meta && (node as Element).shadowRoot ? adoptedBy.get(meta.id) : undefined
    if (meta && styleIds) inside.applyAdoptedStyleSheet({ id: meta.id, styleIds })
  }
  inside.config.plugins = [{ onBuild }]

  // rrweb puts a style element into the page; a sheet beside the tree says the same and leaves the tree as it was.
  const sheets = new WeakMap<Document, CSSStyleSheet>()
  const adopt = (document: Document): void => {
    const view = document.defaultView
    if (!view) return
    let sheet = sheets.get(document)
    if (!sheet) {
      sheet = new view.CSSStyleSheet()
      sheet.replaceSync(STAGE_CSS)
      sheets.set(document, sheet)
    }
    if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets = [sheet, ...document.adoptedStyleSheets]
  }
  inside.insertStyleRules = (html) => adopt(html.ownerDocument)
  const { applyAdoptedStyleSheet, attachDocumentToIframe } = inside
  inside.applyAdoptedStyleSheet = (data) => {
    adoptedBy.set(data.id, data.styleIds)
    applyAdoptedStyleSheet.call(inside, data)
    const node = mirror.getNode(data.id)
    if (node?.nodeType === Node.DOCUMENT_NODE) adopt(node as Document)
  }
  inside.attachDocumentToIframe = (mutation, nested) => {
    guard(nested)
    attachDocumentToIframe.call(inside, mutation, nested)
  }
  guard(frame)

  frame.title = 'Replay of the page'
  frame.name = 'replay'
  frame.style.display = 'block'

  const cast = (event: RrEvent): void => {
    try {
      if (event.type === RR_TYPE.snapshot) spareAdapting(event.data)
      else closeDialogs(event.data, (id) => mirror.getNode(id))
      inside.getCastFn(event, true)()
    } catch {
      // A change that the page cannot take is left out.
    }
  }

  return {
    frame,
    begin: () => hover.lift(),
    apply(event) {
      cast(event)
      if (event.type === RR_TYPE.snapshot) built(frame)
    },
    end() {
      inside.emitter.emit('flush')
      hover.lower()
      if (paused) this.pause(true)
    },
    hover: (id) => hover.set(mirror.getNode(id) as Node | null),
    resize(width, height) {
      frame.width = String(width)
      frame.height = String(height)
    },
    pause(now) {
      paused = now
      const html = frame.contentDocument?.documentElement
      if (!html || html.classList.contains('sl-paused') === now) return
      html.classList.toggle('sl-paused', now)
      if (html.className === '') html.removeAttribute('class')
    },
    destroy() {
      mirror.reset()
      inside.mediaManager.reset()
      inside.service.stop()
      inside.speedService.stop()
      inside.wrapper.remove()
      while (adapted.size > MAX_ADAPTED) adapted.delete(adapted.keys().next().value as string)
    },
    tagOf: (id) => mirror.getNode(id)?.nodeName.toLowerCase(),
    parentTagOf: (id) => mirror.getNode(id)?.parentNode?.nodeName.toLowerCase(),
    depthOf(id) {
      let depth = 0
      for (let node: Node | null = mirror.getNode(id); node; node = node.parentNode) depth++
      return depth
    },
    get nodes() {
      return (mirror as unknown as { idNodeMap: Map<number, Node> }).idNodeMap.size
    },
  }
}

const guard = (frame: HTMLIFrameElement): void => {
  const view = frame.contentWindow as (Window & typeof globalThis) | null
  if (!view) return
  guardDocument(view)
  keepFocus(view)
}

/** rrweb marks the root as paused unless its own clock runs; ours is the clock. */
const built = (frame: HTMLIFrameElement): void => {
  const html = frame.contentDocument?.documentElement
  if (!html?.classList.contains('rrweb-paused')) return
  html.classList.remove('rrweb-paused')
  if (html.className === '') html.removeAttribute('class')
}

/** rrweb takes the attribute `open` away, which leaves a modal dialog in the top layer and the page below inert. */
const closeDialogs = (data: unknown, nodeOf: (id: number) => Node | null): void => {
  const { attributes } = data as { attributes?: { id: number; attributes: Record<string, unknown> }[] }
  for (const change of attributes ?? []) {
    const node = change.attributes['open'] === null ? nodeOf(change.id) : null
    if (node?.nodeName === 'DIALOG') (node as HTMLDialogElement).close()
  }
}

/** rrweb writes autocomplete="off" into every field; put back what the page had. */
const restore = (node: Node, meta: Meta | null): void => {
  const tag = node.nodeName
  if (tag !== 'INPUT' && tag !== 'TEXTAREA') return
  const was = meta?.attributes?.['autocomplete']
  if (typeof was === 'string') (node as Element).setAttribute('autocomplete', was)
  else (node as Element).removeAttribute('autocomplete')
}

/** Adapting a sheet to `.:hover` parses it; a sheet with nothing to adapt, or a huge one, is spared that. */
const spareAdapting = (data: unknown): void => {
  const walk = (node: { attributes?: Record<string, unknown>; childNodes?: unknown[]; isStyle?: boolean; textContent?: string }): void => {
    const css = node.attributes?.['_cssText'] ?? (node.isStyle ? node.textContent : undefined)
    if (typeof css === 'string' && isPlainCss(css)) {
      const whole = css.replaceAll('/* rr_split */', '')
      adapted.set(css, css).set(whole, whole)
    }
    for (const child of node.childNodes ?? []) walk(child as typeof node)
  }
  walk((data as { node: Parameters<typeof walk>[0] }).node)
}
