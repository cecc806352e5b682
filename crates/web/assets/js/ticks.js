// Clause by clause: counts the ticks, saves them, opens the signing sheet when all are there.
(()=>{
const form=document.querySelector('form[data-ticks]')
if(!form)return
const all=[...form.querySelectorAll('[data-tick]')]
// A clause that has not been written does not have to be confirmed.
const wanted=b=>{const f=b.closest('.extra');return !f||f.querySelector('textarea').value.trim()!==''}
let boxes=all.filter(wanted)
const say=form.querySelector('[data-saved]')
const button=form.querySelector('[data-go]')
const count=form.querySelector('[data-count]')
const progress=form.querySelector('progress')
const sheet=form.querySelector('[data-sheet]')
let dialog=null
const open=()=>{dialog.showModal();const i=dialog.querySelector('[aria-invalid=true]')||dialog.querySelector('[autofocus]')||dialog.querySelector('input:not([type=hidden])');i&&i.focus()}
const left=()=>boxes.filter(b=>!b.checked).length
const show=()=>{
boxes=all.filter(wanted)
const n=left()
boxes.forEach(b=>{const li=b.closest('li');if(li)li.classList.toggle('on',b.checked)})
if(count)count.textContent=(boxes.length-n)+' / '+boxes.length
if(progress)progress.value=boxes.length-n
if(button){button.setAttribute('aria-disabled',n>0)
button.textContent=n?button.dataset.wait.replace('{n}',n):button.dataset.go}
}
const save=async()=>{
if(!form.dataset.ticks)return
const body=new URLSearchParams()
for(const [k,v] of new FormData(form))if(k==='csrf'||k==='version'||k==='content_version'||k==='tick')body.append(k,v)
try{
const r=await fetch(form.dataset.ticks,{method:'POST',body,headers:{'X-CSRF-Token':body.get('csrf')||'','X-Requested-With':'fetch'},credentials:'same-origin',redirect:'manual'})
if(say)say.textContent=r.ok||r.type==='opaqueredirect'?say.dataset.done.replace('{t}',new Date().toTimeString().slice(0,5)):say.dataset.failed
}catch(_){if(say)say.textContent=say.dataset.failed}
}
form.addEventListener('input',e=>{
if(!e.target.matches('.extra textarea'))return
const b=e.target.closest('.extra').querySelector('[data-tick]')
// What is written anew has not been confirmed.
b.checked=false
show()
})
let timer=0
form.addEventListener('change',e=>{
if(!e.target.matches('[data-tick]'))return
show()
clearTimeout(timer)
timer=setTimeout(save,400)
})
if(sheet&&window.HTMLDialogElement){
dialog=document.createElement('dialog')
const title=sheet.querySelector('h2')
if(title)dialog.setAttribute('aria-labelledby',title.id)
sheet.before(dialog)
dialog.append(sheet)
if(sheet.querySelector('.err,[data-reopen]'))open()
}
if(button)button.addEventListener('click',e=>{
const next=boxes.find(b=>!b.checked)
if(next){e.preventDefault();next.closest('li').scrollIntoView({behavior:'smooth',block:'center'});next.focus({preventScroll:true});return}
if(dialog){e.preventDefault();open()}
})
show()
})();
