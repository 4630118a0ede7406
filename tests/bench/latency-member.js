// In the member's page: when a frame with a change arrived on the tail, before the viewer's own code sees it.
(() => {
  const wall = () => performance.timeOrigin + performance.now()
  const received = (window.benchReceived = {})
  const { createDataChannel } = RTCPeerConnection.prototype
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = createDataChannel.call(this, label, options)
    if (label === 'tail') {
      channel.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') return
        for (const [, n] of new TextDecoder().decode(data).matchAll(/change-(\d+)\./g)) received[n] ??= wall()
      })
    }
    return channel
  }
})()
