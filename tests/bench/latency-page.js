// In the visitor's page: changes it at irregular times, and in between sends something round over bare DataChannels.
(() => {
  const wall = () => performance.timeOrigin + performance.now()
  const pause = (least, most) => new Promise((done) => setTimeout(done, least + Math.random() * (most - least)))
  const bench = (window.bench = { sent: {}, wall })

  // When the collector gave a frame with a change to its channel. Small batches are plain JSON.
  const { send } = RTCDataChannel.prototype
  RTCDataChannel.prototype.send = function (data) {
    if (this.label === 'frames') {
      for (const [, n] of new TextDecoder().decode(data).matchAll(/change-(\d+)\./g)) bench.sent[n] ??= wall()
    }
    return send.call(this, data)
  }

  const opened = (channel) => new Promise((done) => (channel.readyState === 'open' ? done(channel) : (channel.onopen = () => done(channel))))

  async function gathered(peer) {
    await peer.setLocalDescription()
    while (peer.iceGatheringState !== 'complete') await new Promise((done) => (peer.onicegatheringstatechange = done))
    return peer.localDescription.toJSON()
  }

  /** A peer connection to a bare aiortc that echoes: first the offer, then with its answer the channel. */
  bench.offer = () => {
    bench.peer = new RTCPeerConnection()
    bench.toPython = bench.peer.createDataChannel('echo')
    return gathered(bench.peer)
  }
  bench.answer = async (answer) => {
    await bench.peer.setRemoteDescription(answer)
    await opened(bench.toPython)
  }

  /** Two peer connections of this very page. */
  bench.pair = async () => {
    const [one, other] = (bench.both = [new RTCPeerConnection(), new RTCPeerConnection()])
    bench.toBrowser = one.createDataChannel('echo')
    other.ondatachannel = ({ channel }) => (channel.onmessage = ({ data }) => channel.send(data))
    const offer = await gathered(one)
    await other.setRemoteDescription(offer)
    await one.setRemoteDescription(await gathered(other))
    await opened(bench.toBrowser)
  }

  function roundTrip(channel, bytes) {
    return new Promise((done) => {
      const from = performance.now()
      channel.onmessage = () => done(performance.now() - from)
      channel.send(new Uint8Array(bytes))
    })
  }

  /** `changes` changes numbered from `first` on; after each a round trip over either bare channel. */
  bench.play = async ({ first, changes, least, most, bytes }) => {
    let place = document.getElementById('bench')
    if (!place) {
      place = document.body.appendChild(document.createElement('p'))
      place.id = 'bench'
    }
    const made = {}
    const python = []
    const browser = []
    for (let n = first; n < first + changes; n++) {
      await pause(least, most)
      made[n] = wall()
      place.textContent = `change-${n}.`
      await pause(least, most)
      python.push(await roundTrip(bench.toPython, bytes))
      await pause(least / 2, most / 2)
      browser.push(await roundTrip(bench.toBrowser, bytes))
    }
    await pause(500, 500)
    return { made, sent: bench.sent, python, browser }
  }
})()
