// Browsers keep the fragment of an address to themselves, but the app of a LIFF URL must get it:
// ask for the same address once more, with the fragment in its query.
const { pathname, search, hash } = window.location;
const told = `__fragment=${encodeURIComponent(hash.slice(1))}`;
window.location.replace(`${pathname}${search}${search ? "&" : "?"}${told}`);
