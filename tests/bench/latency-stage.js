// In the stage: when the rebuilt document shows a change, and when the frame with it has been painted.
() => {
  const wall = () => performance.timeOrigin + performance.now()
  const bench = (window.bench = { applied: {}, painted: {}, frames: [] })
  let observed = null

  // The first task behind an animation frame's callbacks runs when that frame's style, layout and paint are done.
  const painted = new MessageChannel()
  let shown = []
  painted.port1.onmessage = () => {
    for (const n of shown) bench.painted[n] = wall()
    shown = []
  }

  const look = () => {
    const page = document.querySelector('iframe[name=replay]')?.contentDocument
    if (page && page !== observed) {
      observed = page
      new MutationObserver(look).observe(page, { subtree: true, childList: true, characterData: true })
    }
    const n = /^change-(\d+)\.$/.exec(page?.getElementById('bench')?.textContent ?? '')?.[1]
    if (!n || bench.applied[n]) return
    bench.applied[n] = wall()
    requestAnimationFrame(() => {
      shown.push(n)
      painted.port2.postMessage(null)
    })
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true })
  look()
}
