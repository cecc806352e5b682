// Unsaved work, double sends, dependent fields, rows that can be added, batch selection, live search.
(()=>{
const all=(s,r=document)=>[...r.querySelectorAll(s)]
// A form that came back with faults holds what is not saved anywhere.
let dirty=!!document.querySelector('form[data-guard=unsaved]')
document.addEventListener('input',e=>{if(e.target.closest('form[data-guard]'))dirty=true})
addEventListener('beforeunload',e=>{if(dirty){e.preventDefault();e.returnValue=''}})
document.addEventListener('submit',e=>{
const f=e.target
if(f.method==='get'||f.dataset.sent===undefined&&f.hasAttribute('hx-get'))return
if(f.dataset.sent){e.preventDefault();return}
f.dataset.sent='1'
// Another form leaves with the work unsaved: the browser asks.
if(f.hasAttribute('data-guard'))dirty=false
setTimeout(()=>{delete f.dataset.sent},8000)
})
addEventListener('pageshow',()=>all('form[data-sent]').forEach(f=>{delete f.dataset.sent}))
// data-when="field=a|b": shown while the field has one of the values.
const depend=()=>all('[data-when]').forEach(box=>{
const [name,values]=box.dataset.when.split('=')
const form=box.closest('form')
const field=form&&form.elements[name]
if(field)box.hidden=!values.split('|').includes(field.value)
})
document.addEventListener('change',e=>{
depend()
const tb=e.target.closest('[data-batch]')
if(!tb)return
const rows=all('[data-row]',tb),whole=tb.querySelector('[data-all]')
if(e.target===whole)rows.forEach(r=>{r.checked=whole.checked})
const n=rows.filter(r=>r.checked).length
rows.forEach(r=>r.closest('tr').classList.toggle('on',r.checked))
if(whole){whole.checked=n>0&&n===rows.length;whole.indeterminate=n>0&&n<rows.length}
const count=tb.querySelector('[data-n]')
if(count)count.textContent=n
})
document.addEventListener('click',e=>{
const b=e.target.closest&&e.target.closest('[data-add]')
if(!b)return
const rows=all(b.dataset.add+'[hidden]')
if(rows[0]){rows[0].hidden=false;const i=rows[0].querySelector('textarea,input');i&&i.focus()}
if(rows.length<2)b.hidden=true
})
// Live search waits for the end of an input method's composition.
let timer=0
const search=i=>{clearTimeout(timer);timer=setTimeout(()=>i.form.requestSubmit(),350)}
document.addEventListener('input',e=>{if(e.target.matches('[data-live]')&&!e.isComposing)search(e.target)})
document.addEventListener('compositionend',e=>{if(e.target.matches('[data-live]'))search(e.target)})
document.addEventListener('change',e=>{if(e.target.matches('select[data-live]'))e.target.form.requestSubmit()})
depend()
})();
