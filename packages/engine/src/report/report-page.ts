import { html, type Html } from './html.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'

const opening =
  '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"/><meta name="generator" content="QMTL backtest report"/>'

/** The page may load nothing: what it shows is in it. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

/** A whole page that needs no network and no other file. */
export function reportPage(title: string, body: Html): string {
  const page = html`
<meta http-equiv="Content-Security-Policy" content="${policy}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title}</title>
<style>${pageStyle}</style></head>
<body>${body}
<script>${pageScript}</script>
</body></html>
`
  return opening + page.markup
}

/** True for a text that begins as every report does: such a file may be written over by another report. */
export function isReportHtml(text: string): boolean {
  return text.startsWith(opening)
}
