// <rating-stars value="4.5">: five stars in an open shadow root, styled by a constructed style sheet.

const sheet = new CSSStyleSheet()
sheet.replaceSync(`
  :host { display: inline-flex; align-items: center; gap: .4em; font-size: .88rem; color: var(--soft) }
  .stars { position: relative; letter-spacing: .08em; color: color-mix(in srgb, var(--soft) 40%, transparent); line-height: 1; white-space: nowrap }
  .full { position: absolute; inset: 0 auto 0 0; overflow: hidden; color: var(--star) }
  button { all: unset; cursor: pointer; color: inherit; padding-inline: .08em }
  button:focus-visible { outline: 2px solid var(--green); border-radius: 3px }
  button.on { color: var(--star) }
`)

const STARS = '★★★★★'

class RatingStars extends HTMLElement {
  static observedAttributes = ['value', 'count']

  constructor() {
    super()
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet]
  }

  connectedCallback() {
    this.render()
    this.shadowRoot.addEventListener('click', this.onClick)
  }

  disconnectedCallback() {
    this.shadowRoot.removeEventListener('click', this.onClick)
  }

  attributeChangedCallback() {
    if (this.isConnected) this.render()
  }

  onClick = (event) => {
    const chosen = event.target.dataset?.star
    if (!chosen) return
    this.setAttribute('value', chosen)
    this.dispatchEvent(new CustomEvent('rate', { detail: Number(chosen), bubbles: true }))
  }

  render() {
    const value = Number(this.getAttribute('value'))
    this.shadowRoot.innerHTML = this.hasAttribute('editable') ? this.buttons(value) : this.picture(value)
  }

  picture(value) {
    const count = this.getAttribute('count')
    return `<span class="stars" role="img" aria-label="${value} of 5 stars">${STARS}<span class="full" style="width: ${value * 20}%">${STARS}</span></span>${count ? `<span>${value.toFixed(1)} (${Number(count)})</span>` : ''}`
  }

  buttons(value) {
    const button = (star) => `<button type="button" data-star="${star}" class="${star <= value ? 'on' : ''}" aria-label="${star} of 5 stars">★</button>`
    return `<span class="stars" style="font-size: 1.5rem">${[1, 2, 3, 4, 5].map(button).join('')}</span>`
  }
}

customElements.define('rating-stars', RatingStars)
