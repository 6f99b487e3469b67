import { verbatim } from './html.ts'

/** Shows what lies under the pointer; the page is complete without it. */
export const pageScript = verbatim(`
for (const plot of document.querySelectorAll('[data-readings]')) {
  const { from, to, readings } = plot.dataset
  const texts = readings.split('|')
  const output = plot.closest('figure').querySelector('output')
  plot.addEventListener('pointermove', (event) => {
    const { left, width } = plot.getBoundingClientRect()
    const at = Math.min(1, Math.max(0, (event.clientX - left) / width))
    const text = texts[Math.min(texts.length - 1, Math.floor(at * texts.length))]
    const time = new Date(+from + at * (to - from)).toISOString().slice(0, 16).replace('T', ' ')
    plot.style.setProperty('--at', at * 100 + '%')
    plot.classList.add('on')
    output.textContent = time + ' UTC  ' + text
  })
  plot.addEventListener('pointerleave', () => {
    plot.classList.remove('on')
    output.textContent = ''
  })
}
`)
