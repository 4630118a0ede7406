// Leaves out of @rrweb/record what the collector never switches on, so that it need not travel. Each cut is one line that
// a switch of rrweb's own decides; what hangs on it goes as unused code. A line that is not there (another version)
// stops the build.
const CUTS = [
  // recordCanvas: false. Its canvas manager carries a worker and the command recorders.
  ['canvasManager = new CanvasManager(', 'canvasManager = new (class { reset() {} freeze() {} unfreeze() {} lock() {} unlock() {} })('],
  ['if (tagName === "canvas" && recordCanvas) {', 'if (false) {'],
  // inlineImages: false
  ['if (tagName === "img" && inlineImages) {', 'if (false) {'],
  // collectFonts: false
  ['if (o.collectFonts) {', 'if (false) {'],
  // sampling.mousemove: false
  ['const mousemoveHandler = initMoveObserver(o);', 'const mousemoveHandler = () => {};'],
  // recordCrossOriginIframes: false
  ['    this.crossOriginIframeStyleMirror = new CrossOriginIframeMirror(\n', '    this.crossOriginIframeStyleMirror = new (class {})(\n'],
  ['"crossOriginIframeMirror", new CrossOriginIframeMirror(genId)', '"crossOriginIframeMirror", null'],
  ['const inEmittingFrame = recordCrossOriginIframes ? window.parent === window : true;', 'const inEmittingFrame = true;'],
  ['    if (this.recordCrossOriginIframes) {\n', '    if (false) {\n'],
  ['    if (this.recordCrossOriginIframes)\n', '    if (false)\n'],
  // maskAllInputs, maskTextClass, maskTextSelector: none, since the collector masks what rrweb tells.
  ['mirror.reset();\n  const maskInputOptions = maskAllInputs === true ? {', 'mirror.reset();\n  const maskInputOptions = false ? {'],
  ['  } = options;\n  const maskInputOptions = maskAllInputs === true ? {', '  } = options;\n  const maskInputOptions = false ? {'],
  ['    needsMask = needMaskingText(\n', '    needsMask = ((..._) => false)(\n'],
  ['              value: needMaskingText(\n', '              value: ((..._) => false)(\n'],
  // No hooks.
  ['  mergeHooks(o, hooks);\n', ''],
  // slimDOM: false
  ['slimDOMExcluded(_serializedNode, slimDOMOptions) || ', ''],
  ['= slimDOMDefaults(_slimDOMOptions)', '= {}'],
  ['= slimDOMDefaults(slimDOM)', '= {}'],
  // Browsers that know modules know these.
  ['  polyfill();\n', ''],
  // A mirror that no longer exists, which complains when it is used.
  ['if (typeof window !== "undefined" && window.Proxy && window.Reflect) {', 'if (false) {'],
  // Each recording with an emit of its own, so that a wrapper of one that is over cannot tell the next.
  ['  wrappedEmit = (r, isCheckout) => {\n', '  const wrappedEmit = (r, isCheckout) => {\n'],
  // Its own virtual nodes are never recorded.
  ['if (n instanceof BaseRRNode && "shadowRoot" in n) {', 'if (false) {'],
]

/** Methods that nothing calls after the cuts, from the first of them up to what follows the last. */
const SPANS = [
  // Events of frames of other origins.
  ['  handleMessage(message) {\n', '}\nclass ShadowDomManager {'],
  // Calls that the collector has no use for.
  ['record.addCustomEvent = ', 'record.mirror = '],
]

const once = (text, part) => {
  if (text.split(part).length !== 2) throw new Error(`@rrweb/record has not once: ${part}`)
  return text.indexOf(part)
}

export const rrwebLean = () => ({
  name: 'rrweb-lean',
  transform(code, id) {
    if (!id.includes('@rrweb/record/dist/record.js')) return null
    const cut = CUTS.reduce((text, [from, to]) => {
      const at = once(text, from)
      return text.slice(0, at) + to + text.slice(at + from.length)
    }, code)
    return { code: SPANS.reduce((text, [from, to]) => text.slice(0, once(text, from)) + text.slice(once(text, to)), cut), map: null }
  },
})
