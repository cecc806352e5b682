// A page that waits for a document asks again by itself.
{const r=document.querySelector('[data-reload]');if(r)setTimeout(()=>location.reload(),r.dataset.reload*1000)}
// <span data-until="2026-11-25T10:00:00Z" data-dh="{d} 天 {h} 小时" …>: kept true as time goes by.
(()=>{
const tick=()=>document.querySelectorAll('[data-until]').forEach(m=>{
const minutes=Math.floor((Date.parse(m.dataset.until)-Date.now())/60000)
const d=Math.floor(minutes/1440),h=Math.floor(minutes%1440/60),n=minutes%60
const text=minutes<0?m.dataset.over:d>0?m.dataset.dh:h>0?m.dataset.hm:m.dataset.m
m.textContent=text.replace('{d}',d).replace('{h}',h).replace('{m}',n)
})
setInterval(tick,30000)
})();
