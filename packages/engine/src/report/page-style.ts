import { verbatim } from './html.ts'

/** Blue and orange differ in brightness and for the colour-blind; no meaning rests on colour alone. */
export const pageStyle = verbatim(`
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--muted:#57606a;--rule:#d5dae0;--soft:#f4f6f8;--blue:#0b5cad;--orange:#b34700;--gain:11 92 173;--loss:196 84 0;--warn:#fff4e5}
@media (prefers-color-scheme:dark){:root{--page:#11161c;--ink:#e4e8ec;--muted:#9aa5b1;--rule:#2f3842;--soft:#1a2129;--blue:#6cb0ff;--orange:#ff9d4d;--gain:70 140 220;--loss:214 110 30;--warn:#2b2116}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1240px;padding:1.5rem 1.25rem 3rem;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
h1{margin:.1rem 0 .4rem;font-size:1.9rem;line-height:1.2}
h1 small{font-size:1rem;font-weight:400;color:var(--muted)}
h2{margin:2.2rem 0 .6rem;font-size:1.2rem}
h3{margin:1.2rem 0 .4rem;font-size:1rem}
p{margin:.3rem 0}
a{color:var(--blue)}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.over{color:var(--muted);font-size:.85rem}
.muted,.none{color:var(--muted)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:.75rem;margin:1rem 0}
.tiles div{padding:.6rem .8rem;background:var(--soft);border:1px solid var(--rule);border-radius:6px}
.tiles dt{color:var(--muted);font-size:.85rem}
.tiles dd{margin:0;font-size:1.5rem;font-variant-numeric:tabular-nums}
.tiles .below{min-height:1.2em;font-size:.8rem;color:var(--muted)}
.remarks{margin:0;padding:0;list-style:none}
.remarks li{margin:.4rem 0;padding:.5rem .8rem;border-left:4px solid var(--rule);background:var(--soft)}
.remarks .warning{border-color:var(--orange);background:var(--warn)}
.remarks .remedy{display:block;color:var(--muted)}
.chart{margin:.8rem 0 1.2rem}
.chart figcaption{display:flex;flex-wrap:wrap;gap:.1rem 1rem;align-items:baseline;margin-bottom:.7rem;font-size:.85rem}
.chart output{margin-left:auto;color:var(--muted);font-variant-numeric:tabular-nums}
.key{color:var(--muted);white-space:nowrap}
.key i{display:inline-block;margin-right:.35rem;vertical-align:middle}
.key .line{width:18px;border-top:2px solid}
.key .level{border-top-style:dashed;border-top-width:1px}
.key .swatch{width:14px;height:10px;background:var(--rule)}
.key .dot,.key .box{width:8px;height:8px;background:currentColor}
.key .dot{border-radius:50%}
.across{display:grid;grid-template-columns:4.8rem minmax(0,1fr);grid-template-rows:180px 1.5rem}
.high .across{grid-template-rows:260px 1.5rem}
.low .across{grid-template-rows:140px 1.5rem}
.values,.times{position:relative;font-size:.75rem;color:var(--muted);font-variant-numeric:tabular-nums}
.values span{position:absolute;right:.5rem;transform:translateY(50%);white-space:nowrap}
.times{grid-column:2}
.times span{position:absolute;top:.2rem;transform:translateX(-50%);white-space:nowrap}
.times .end{transform:translateX(-100%)}
.plot{position:relative;border-left:1px solid var(--rule);border-bottom:1px solid var(--rule)}
.plot svg{display:block;width:100%;height:100%}
.plot.on::after{content:"";position:absolute;top:0;bottom:0;left:var(--at);border-left:1px dashed var(--muted)}
svg path{vector-effect:non-scaling-stroke;fill:none}
.grid{stroke:var(--rule);stroke-width:1}
.blue{color:var(--blue)}.orange{color:var(--orange)}.ink{color:var(--ink)}.both,.level{color:var(--muted)}
svg .line{stroke:currentColor;stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}
svg .area{fill:currentColor;fill-opacity:.16}
svg .band{fill:var(--rule)}
svg .bar{fill:currentColor}
svg .level{stroke:currentColor;stroke-width:1;stroke-dasharray:4 4}
svg .mark{stroke:currentColor;stroke-width:7}
svg .entry{stroke-linecap:round}
svg .exit{stroke-linecap:square;stroke-width:5}
.scroll{overflow-x:auto;border:1px solid var(--rule);border-radius:6px}
table{width:100%;border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .6rem;text-align:left;vertical-align:top;white-space:nowrap;border-bottom:1px solid var(--rule)}
tbody tr:last-child>*{border-bottom:0}
thead th{background:var(--soft);color:var(--muted);font-weight:600}
.number{text-align:right}
.words{display:inline-block;min-width:20rem;white-space:normal;color:var(--muted)}
.months td,.months th{padding:.35rem .5rem}
.gain{background:rgb(var(--gain)/var(--shade))}
.loss{background:rgb(var(--loss)/var(--shade))}
.total{font-weight:600}
.lost{color:var(--orange)}.won{color:var(--blue)}
.pairs{display:grid;grid-template-columns:8rem minmax(0,1fr);gap:.3rem 1rem;margin:0}
.pairs dt{color:var(--muted)}
.pairs dd{margin:0}
.pairs ul{margin:0;padding:0;list-style:none}
@media (max-width:640px){body{padding:1rem .8rem 2rem}.across{grid-template-columns:4rem minmax(0,1fr)}.times span:nth-child(even){display:none}.pairs{grid-template-columns:minmax(0,1fr);gap:0}.pairs dd{margin-bottom:.5rem}.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10pt}section,figure,tr{break-inside:avoid}section:has(table){break-inside:auto}h2{break-after:avoid}.scroll{overflow:visible;border:0}th,td{white-space:normal}.words{min-width:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}output{display:none}}
`)
