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
  // slimDOM: false
  ['slimDOMExcluded(_serializedNode, slimDOMOptions) || ', ''],
  // A mirror that no longer exists, which complains when it is used.
  ['if (typeof window !== "undefined" && window.Proxy && window.Reflect) {', 'if (false) {'],
  // Its own virtual nodes are never recorded.
  ['if (n instanceof BaseRRNode && "shadowRoot" in n) {', 'if (false) {'],
]

export const rrwebLean = () => ({
  name: 'rrweb-lean',
  transform(code, id) {
    if (!id.includes('@rrweb/record/dist/record.js')) return null
    return {
      code: CUTS.reduce((text, [from, to]) => {
        if (text.split(from).length !== 2) throw new Error(`@rrweb/record has not once: ${from}`)
        return text.replace(from, () => to)
      }, code),
      map: null,
    }
  },
})
