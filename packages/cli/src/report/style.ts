/** The report's whole look: one column on a phone, two where there is room, light or dark as the reader's machine is, and plain on paper. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fbfaf8;--card:#fff;--ink:#1c1b19;--quiet:#67625b;--rule:#e3dfd8;--a:#1f6f8b;--b:#b4541a;--good:#2c7a4b;--bad:#b3362b}
@media (prefers-color-scheme:dark){:root{--ground:#171614;--card:#201f1c;--ink:#ece8e1;--quiet:#a39d93;--rule:#383530;--a:#6fc0dd;--b:#f0a06a;--good:#6cc48d;--bad:#ef8478}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:62rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .25rem;overflow-wrap:anywhere;text-wrap:balance}
h2{font-size:1.1rem;margin:0 0 .75rem}
p{margin:.25rem 0 .75rem;max-width:44rem}
.quiet,caption{color:var(--quiet);font-weight:400}
.lead{color:var(--quiet);overflow-wrap:anywhere}
section{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:1.1rem 1.25rem;margin-top:1rem;min-width:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:1rem;margin:1.25rem 0 0}
.figures div{border-left:3px solid var(--a);padding-left:.75rem}
.figures dt{color:var(--quiet);font-size:.85rem}
.figures dd{margin:0;font-size:1.5rem;font-variant-numeric:tabular-nums;overflow-wrap:anywhere;line-height:1.25}
.pair{display:grid;gap:1rem 2rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}
figure{margin:0;min-width:0;max-width:40rem}
figure.square{max-width:30rem}
figcaption{font-size:.9rem;font-weight:600;margin-bottom:.25rem}
.legend{float:right;font-weight:400}
.key{margin-left:.9rem;white-space:nowrap}
.key svg{width:26px;height:8px;margin-right:.3rem;vertical-align:middle;display:inline}
figure svg{display:block;width:100%;height:auto}
.line{fill:none;stroke-width:2;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.line.a{stroke:var(--a)}.line.b{stroke:var(--b);stroke-dasharray:6 3}
.line.rest{stroke:var(--quiet);stroke-opacity:.35;stroke-width:1}
.grid{stroke:var(--rule);fill:none;vector-effect:non-scaling-stroke}
.kept{stroke:var(--quiet);stroke-dasharray:2 3;fill:none;vector-effect:non-scaling-stroke}
.tick{fill:var(--quiet);font-size:13px;font-variant-numeric:tabular-nums}
.dots{stroke:var(--a);stroke-width:6;stroke-linecap:round;stroke-opacity:.45;fill:none}
.wide{overflow-x:auto;margin:0 -.25rem;padding:0 .25rem}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-size:.85rem;padding-bottom:.4rem}
th,td{padding:.3rem .6rem;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
th{font-weight:600}
thead th{color:var(--quiet);font-weight:500;white-space:nowrap}
td{max-width:18rem;overflow-wrap:break-word}td.text{max-width:36rem}.wide table{width:max-content}
.number,.matrix td{text-align:right;white-space:nowrap}
td.number{white-space:nowrap}tbody th[scope=row]{font-weight:500}
.matrix td,.matrix th{border:1px solid var(--card);min-width:2.6rem}
.matrix th{max-width:9rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.matrix thead th{text-align:right}
.matrix td.right{background:color-mix(in srgb,var(--good) calc(8% + .55*var(--share)),var(--card))}
.matrix td.wrong{background:color-mix(in srgb,var(--bad) calc(10% + .6*var(--share)),var(--card))}
.matrix td.none{color:var(--quiet);opacity:.6}
.bar{display:block;height:.7rem;min-width:2px;background:var(--a);border-radius:2px;width:var(--share)}
.bars{width:100%;table-layout:fixed}.bars th{width:38%;font-weight:400;overflow-wrap:anywhere}.bars td.number{width:30%;white-space:normal}
.bars td{vertical-align:middle}
.pictures{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(5.25rem,1fr));gap:1rem .75rem}
.pictures li{font-size:.85rem;line-height:1.3;overflow-wrap:anywhere}
.pictures img{display:block;width:auto;height:5rem;max-width:100%;min-width:3rem;image-rendering:pixelated;border-radius:4px;margin-bottom:.35rem;background:var(--rule)}
pre{background:var(--ground);border:1px solid var(--rule);border-radius:6px;padding:.75rem;margin:.25rem 0 .9rem;white-space:pre-wrap;overflow-wrap:anywhere;font:.85rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre.table{white-space:pre;overflow-x:auto;overflow-wrap:normal}
.cards section{margin-top:0}.cards{margin-top:1rem;gap:1rem}
.note{margin-top:.75rem}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
dl.settings{display:grid;grid-template-columns:fit-content(40%) 1fr;gap:.2rem 1.25rem;margin:0;font-size:.9rem}
.settings dt{color:var(--quiet);overflow-wrap:anywhere}.settings dd{margin:0;overflow-wrap:anywhere}
footer{color:var(--quiet);font-size:.85rem;margin-top:1.5rem;overflow-wrap:anywhere}
@media screen and (max-width:30rem){td,td.text{max-width:11rem}main{padding:1.25rem .75rem 2rem}section{padding:.9rem}.legend{float:none;display:block}.key:first-child{margin-left:0}.tick{font-size:18px}.flat .tick{font-size:23px}th,td{padding:.3rem .4rem}.matrix td,.matrix th{padding:.25rem .35rem;min-width:1.9rem}h1{font-size:1.4rem}.figures dd{font-size:1.25rem}}
@page{margin:15mm}
@media print{:root{--ground:#fff;--card:#fff;--ink:#000;--quiet:#444;--rule:#bbb;--a:#1f6f8b;--b:#b4541a;--good:#2c7a4b;--bad:#b3362b}body{font-size:11pt}main{padding:0;max-width:none}section{border:0;padding:0;margin-top:1.2rem}section,figure,tr,li{break-inside:avoid}.wide{overflow:visible;margin:0;padding:0}.wide table{width:auto;max-width:100%}.wide th,.wide td{white-space:normal;max-width:none;font-size:8pt;padding:.2rem .3rem}.wide th{overflow-wrap:anywhere}.wide .number{white-space:nowrap}pre.table{white-space:pre-wrap;overflow:visible}h1,h2,figcaption{break-after:avoid}.matrix td,.bar{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
