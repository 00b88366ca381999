// /staff/orders/NUMBER/slip: prints the slip when asked to.

document.getElementById("print").addEventListener("click", () => window.print());
