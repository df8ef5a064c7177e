/** Sets the remembered theme before the first paint, so that the page never flashes in the other one. */
export const themeScript =
  'try{var t=localStorage.getItem("theme");if(t==="dark"||t==="light")document.documentElement.dataset.theme=t}catch(e){}';
