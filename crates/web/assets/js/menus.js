// Menus, the theme switch, toasts, confirm dialogs, and `/` for the search. All of it works without.
(()=>{
const all=(s,r=document)=>[...r.querySelectorAll(s)]
const wake=()=>{
all('[data-needs-js]').forEach(e=>{e.hidden=false})
all('[data-no-js]').forEach(e=>{e.hidden=true})
}
const close=d=>d.open=false
// A confirm section is a <details>; its content moves into a dialog as long as it is open.
const ask=details=>{
const body=details.querySelector('.ask')
if(!body||!window.HTMLDialogElement)return false
const dialog=document.createElement('dialog')
const title=body.querySelector('h3')
if(title&&title.id)dialog.setAttribute('aria-labelledby',title.id)
dialog.append(body)
details.append(dialog)
details.open=true
dialog.addEventListener('close',()=>{details.append(body);dialog.remove();details.open=false
const s=details.querySelector('summary');s&&s.focus()})
dialog.showModal()
return true
}
document.addEventListener('click',e=>{
const t=e.target.closest?e.target:e.target.parentElement
all('details.menu[open]').forEach(m=>{if(!m.contains(t))close(m)})
const c=t.closest('[data-close]')
if(c){const d=c.closest('dialog');if(d){e.preventDefault();d.close()}else{const s=c.closest('details');if(s){e.preventDefault();close(s)}}}
const x=t.closest('[data-dismiss]')
if(x)x.closest('.toast').remove()
const s=t.closest('details.confirm>summary')
if(s&&!s.parentElement.open){e.preventDefault();ask(s.parentElement)||(s.parentElement.open=true)}
const d=t.closest('[data-ask]')
if(d){const s=document.querySelector(d.getAttribute('href')+' details.confirm');if(s&&!s.open&&ask(s))e.preventDefault()}
if(t.closest('[data-theme-switch]')){
const r=document.documentElement
const dark=r.dataset.theme?r.dataset.theme==='dark':matchMedia('(prefers-color-scheme:dark)').matches
r.dataset.theme=dark?'light':'dark'
try{localStorage.setItem('theme',r.dataset.theme)}catch(_){}
}
if(t.closest('[data-print]'))window.print()
})
document.addEventListener('keydown',e=>{
if(e.key==='Escape')all('details.menu[open]').forEach(m=>{close(m);m.querySelector('summary').focus()})
if(e.key==='/'&&!/INPUT|TEXTAREA|SELECT/.test(e.target.tagName)&&!e.ctrlKey&&!e.metaKey){
const s=document.querySelector('[data-hotkey="/"]')
if(s){e.preventDefault();s.focus();s.select()}
}
})
wake()
// What htmx has exchanged needs the same.
document.addEventListener('htmx:after:swap',wake)
// A reason that was refused stands in its section: open it again.
all('details.confirm').forEach(d=>{if(d.querySelector('.err'))ask(d)})
const bad=document.querySelector('[data-focus]')||document.querySelector('[aria-invalid=true]')
if(bad)bad.focus()
})();
