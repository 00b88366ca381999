// Asks the phone around this page to close the sheet.
if (window.parent !== window) {
  window.parent.postMessage({ source: "liff-native", type: "closeWindow" }, window.location.origin);
}
