// Before the first paint: the look that was chosen with the switch.
try{var t=localStorage.getItem('theme');if(t)document.documentElement.dataset.theme=t}catch(e){}
document.documentElement.classList.add('js')
