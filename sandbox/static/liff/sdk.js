// The sandbox's stand-in for the LIFF SDK: a page that loads this script instead of LINE's runs
// unchanged. It talks to the sandbox it was loaded from, keeps its state under the same names as
// the SDK, and fails with the same codes. LINE: https://developers.line.biz/en/reference/liff/
(() => {
  "use strict";

  const BASE = new URL(document.currentScript.src).origin;
  const VERSION = "2.31.0";
  const LINE_VERSION = "15.19.0";
  const PERMANENT = "https://liff.line.me/";
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const PERMISSIONS = ["profile", "chat_message.write", "openid", "email"];
  const MOST_MESSAGES = 5;
  // What the LINE app hands over in the fragment of the address.
  const CREDENTIALS = ["access_token", "context_token", "feature_token", "id_token", "client_id"];
  const STORED = ["accessToken", "IDToken", "decodedIDToken", "context", "loginTmp", "expires"];
  const FOREVER = new Promise(() => {});
  const APIS = [
    "shareTargetPicker", "scanCode", "scanCodeV2", "subwindowOpen", "multipleLiffTransition",
    "getAdvertisingId", "addToHomeScreen", "bluetoothLeFunction", "skipChannelVerificationScreen",
    "createShortcutOnHomeScreen", "internalCreateShortcutOnHomeScreen", "iap", "requestFriendship",
    "activityGetCallState", "activityGetRecordingState", "calendar.getEvents",
    "calendar.showEventCreationModal",
  ];

  class LiffError extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }

  let settings = {};
  let finishReady;
  const ready = new Promise((resolve) => { finishReady = resolve; });

  // -- Where we are, and what is remembered ------------------------------------------------------

  const inClient = (() => {
    const key = "LIFF_STORE:isInClient";
    const handed = /[#&]access_token=/.test(location.hash) && /[#&]context_token=/.test(location.hash);
    if (handed) sessionStorage.setItem(key, "1");
    return sessionStorage.getItem(key) === "1";
  })();
  const store = inClient ? sessionStorage : localStorage;

  function placeOf(name) {
    if (!settings.liffId) throw new LiffError("INVALID_CONFIG", "liffId is necessary for liff.init()");
    return `LIFF_STORE:${settings.liffId}:${name}`;
  }

  const recall = (name) => (settings.liffId ? JSON.parse(store.getItem(placeOf(name)) || "null") : null);
  const remember = (name, value) => store.setItem(placeOf(name), JSON.stringify(value));
  const forget = (name) => store.removeItem(placeOf(name));
  const isLoggedIn = () => Boolean(recall("accessToken"));

  /** The payload of a JWT. */
  function payloadOf(token) {
    const text = atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0))));
  }

  /** Tell the phone around us; in an outside browser nobody listens. */
  function tell(type, more = {}) {
    if (inClient && window.parent !== window) {
      window.parent.postMessage({ source: "liff-native", type, ...more }, BASE);
    }
  }

  // -- Calls to the sandbox ----------------------------------------------------------------------

  async function call(path, { headers, ...options } = {}) {
    const answer = await fetch(BASE + path, { ...options, headers: headers || authorized() });
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) return body;
    const code = body.error || body.errorCode || String(answer.status);
    throw new LiffError(code, body.error_description || body.message || answer.statusText);
  }

  function authorized() {
    const token = recall("accessToken");
    if (!token) throw new LiffError("UNAUTHORIZED", "Need access_token for api call, Please login first");
    return { "Content-Type": "application/json", Accept: "application/json", Authorization: `Bearer ${token}` };
  }

  async function granted() {
    const { Authorization: bearer } = authorized();
    const query = new URLSearchParams({ access_token: bearer.slice("Bearer ".length) });
    const { scope } = await call(`/oauth2/v2.1/verify?${query}`, { headers: { Accept: "application/json" } });
    return scope.split(" ").filter(Boolean);
  }

  async function queryPermission(name) {
    if (!PERMISSIONS.includes(name)) throw new LiffError("INVALID_ARGUMENT", "Unexpected permission name.");
    if (!recall("context")?.scope.includes(name)) return { state: "unavailable" };
    return { state: (await granted()).includes(name) ? "granted" : "prompt" };
  }

  /** The same function, refused where the app has not this scope. */
  const needing = (scope, run) => async (...given) => {
    const { state } = await queryPermission(scope);
    if (state === "unavailable") throw new LiffError("FORBIDDEN", "The permission is not in LIFF app scope.");
    return run(...given);
  };

  // -- init --------------------------------------------------------------------------------------

  async function init(config, onSuccess, onError) {
    try {
      await start(config);
    } catch (error) {
      if (typeof onError === "function") onError(error);
      throw error;
    }
    followTitle();
    if (typeof onSuccess === "function") onSuccess();
    finishReady();
  }

  /** The sheet's title is the page's, now and whenever it changes. */
  function followTitle() {
    const tellTitle = () => tell("title", { title: document.title });
    new MutationObserver(tellTitle).observe(document.head, { childList: true, subtree: true });
    tellTitle();
  }

  async function start(config) {
    if (!config?.liffId) throw new LiffError("INVALID_CONFIG", "liffId is necessary for liff.init()");
    settings = config;
    liff.id = config.liffId;
    const query = new URLSearchParams(location.search);
    if (query.get("error") && query.get("liffOAuth2Error")) {
      throw new LiffError("INIT_FAILED", `${query.get("error")}: ${query.get("error_description")}`);
    }
    if (inClient) await takeCredentials();
    else await returnFromLogin(query);
    await followState(query.get("liff.state"));
    cleanAddress();
    if (config.withLoginOnExternalBrowser && !isLoggedIn()) {
      login();
      await FOREVER;
    }
  }

  async function takeCredentials() {
    const handed = new URLSearchParams(location.hash.slice(1));
    if (handed.get("access_token")) keepHanded(handed);
    if (!isLoggedIn()) throw new LiffError("INIT_FAILED", "Failed to parse feature_token or access_token");
    if (recall("context")?.liffId !== settings.liffId) throw new LiffError("INIT_FAILED", "Invalid LIFF ID");
    const query = new URLSearchParams({ access_token: recall("accessToken") });
    const { client_id: channel } = await call(`/oauth2/v2.1/verify?${query}`, { headers: {} });
    if (channel !== settings.liffId.split("-")[0]) throw new LiffError("INIT_FAILED", "Failed to verify access_token");
    tell("init", { access_token: recall("accessToken") });
  }

  function keepHanded(handed) {
    remember("accessToken", handed.get("access_token"));
    remember("context", payloadOf(handed.get("context_token")));
    keepIdToken(handed.get("id_token"));
  }

  function keepIdToken(token) {
    remember("IDToken", token || null);
    remember("decodedIDToken", token ? payloadOf(token) : null);
  }

  async function returnFromLogin(query) {
    if (isLoggedIn() && !(recall("expires") > Date.now())) logout();
    const verifier = recall("loginTmp")?.codeVerifier;
    if (query.get("code") && !isLoggedIn() && verifier) await exchangeCode(query, verifier);
    else if (isLoggedIn()) return;
    const headers = isLoggedIn() ? authorized() : { Accept: "application/json" };
    const path = `/liff/v2/apps/${encodeURIComponent(settings.liffId)}/contextToken`;
    remember("context", payloadOf((await call(path, { headers })).contextToken));
  }

  async function exchangeCode(query, verifier) {
    forget("loginTmp");
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: query.get("liffClientId"),
      appId: settings.liffId,
      code: query.get("code"),
      code_verifier: verifier,
      redirect_uri: settings.redirectUri || query.get("liffRedirectUri"),
      id_token_key_type: "JWK",
    });
    const tokens = await call("/oauth2/v2.1/token", { method: "POST", body, headers: {} });
    remember("accessToken", tokens.access_token);
    remember("expires", Date.now() + tokens.expires_in * 1000);
    keepIdToken(tokens.id_token);
  }

  /** The secondary redirect: from the endpoint to the page that the LIFF URL names. */
  async function followState(state) {
    if (state === null) return;
    const target = addressOf(state, recall("context").endpointUrl);
    if (target === location.href) return;
    location.replace(target);
    await FOREVER;
  }

  function addressOf(state, endpoint) {
    const base = new URL(endpoint);
    const extra = new URL(base.origin + (/^\//.test(state) ? "" : "/") + state);
    const slash = /^[^?#]*\/(?=[?#]|$)/;
    let path = (base.pathname + extra.pathname).replace("//", "/");
    if (path.endsWith("/") && !slash.test(endpoint) && !slash.test(state)) path = path.slice(0, -1);
    const query = base.search ? base.search + extra.search.replace(/\?/g, "&") : extra.search;
    return base.origin + path + query + extra.hash;
  }

  const withoutCredentials = (hash) => {
    const own = (part) => !CREDENTIALS.some((name) => part.startsWith(`${name}=`));
    return hash.slice(1).split("&").filter((part) => part && own(part)).join("&");
  };

  function cleanAddress() {
    const hash = withoutCredentials(location.hash);
    const clean = location.pathname + location.search + (hash && `#${hash}`);
    if (location.hash.slice(1) !== hash) history.replaceState(history.state, "", clean);
  }

  // -- login and logout --------------------------------------------------------------------------

  const random = (length) =>
    Array.from(crypto.getRandomValues(new Uint32Array(length)), (n) => LETTERS[n % LETTERS.length]).join("");

  function login(options = {}) {
    if (!settings.liffId) throw new LiffError("INVALID_CONFIG", "You need to define `liffId` for liff.login()");
    const codeVerifier = random(43);
    remember("loginTmp", { codeVerifier });
    crypto.subtle.digest("SHA-256", new TextEncoder().encode(codeVerifier)).then((digest) => {
      const challenge = btoa(String.fromCharCode(...new Uint8Array(digest)));
      const query = new URLSearchParams({
        app_id: settings.liffId,
        state: random(12),
        response_type: "code",
        code_challenge_method: "S256",
        code_challenge: challenge.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, ""),
        liff_sdk_version: VERSION,
        ...(options.redirectUri ? { redirect_uri: options.redirectUri } : {}),
      });
      location.href = `${BASE}/liff/v1/authorize?${query}`;
    });
  }

  function logout() {
    STORED.forEach(forget);
  }

  // -- Doing things ------------------------------------------------------------------------------

  async function sendMessages(messages) {
    const good = Array.isArray(messages) && messages.every((message) => typeof message?.type === "string");
    if (!good) throw new LiffError("INVALID_ARGUMENT", "Parameter 'messages' must be an array of { type, ... }");
    if (messages.length < 1 || messages.length > MOST_MESSAGES) {
      throw new LiffError("INVALID_ARGUMENT", `Number of messages should be in range 1 to ${MOST_MESSAGES}.`);
    }
    return call("/message/v3/share", { method: "POST", body: JSON.stringify({ messages }) });
  }

  function closeWindow() {
    if (inClient) tell("closeWindow");
    else window.close();
  }

  function openWindow(wanted) {
    const { url, external = false } = wanted || {};
    if (typeof url !== "string" || !url || typeof external !== "boolean") {
      throw new LiffError("INVALID_ARGUMENT", "Invalid parameters for liff.openWindow()");
    }
    if (inClient) tell("openWindow", { url: new URL(url, location.href).href, external });
    else window.open(url, "_blank");
  }

  /** LINE opens a page of its own for this; here the question stands on the page. */
  async function requestFriendship() {
    authorized();
    if ((await getFriendship()).friendFlag) return;
    if (!(await ask("友だちに追加しますか？ / Add as a friend?", "追加 / Add", "今はしない / Not now"))) {
      throw new LiffError("UNAUTHORIZED", "user didn't complete the friend request");
    }
    await call(`/liff/v2/apps/${encodeURIComponent(settings.liffId)}/friendship`, { method: "POST" });
  }

  function ask(question, yes, no) {
    const dialog = document.createElement("dialog");
    const text = Object.assign(document.createElement("p"), { id: `liff-${random(6)}`, textContent: question });
    dialog.setAttribute("aria-labelledby", text.id);
    const button = (words, value) =>
      Object.assign(document.createElement("button"), { textContent: words, value, onclick: () => dialog.close(value) });
    dialog.append(text, button(yes, "yes"), " ", button(no, ""));
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
      });
    });
  }

  const refused = (name) => async () => {
    authorized();
    throw new LiffError("FORBIDDEN", `${name} is not allowed in this LIFF app`);
  };

  function isApiAvailable(name) {
    if (!APIS.includes(name)) throw new LiffError("INVALID_ARGUMENT", "Unexpected API name.");
    return ["requestFriendship", "subwindowOpen"].includes(name) && isLoggedIn();
  }

  // -- Permanent links ---------------------------------------------------------------------------

  const partsOf = (search) => search.slice(1).split("&").filter((part) => part && !part.startsWith("liff."));

  function linkTo(address) {
    const context = recall("context");
    if (!context) throw new LiffError("INIT_FAILED", "Could not get Context from server.");
    const base = new URL(context.endpointUrl);
    const url = new URL(address);
    const root = base.pathname.replace(/\/$/, "");
    const under = url.pathname === root || url.pathname.startsWith(`${root}/`);
    if (url.origin !== base.origin || !under) return null;
    const path = url.pathname.slice(root.length);
    const known = partsOf(base.search);
    const query = partsOf(url.search).filter((part) => !known.includes(part)).join("&");
    const hash = withoutCredentials(url.hash);
    return PERMANENT + settings.liffId + (path === "/" ? "" : path) + (query && `?${query}`) + (hash && `#${hash}`);
  }

  async function createUrlBy(address) {
    if (!settings.liffId) throw new LiffError("INIT_FAILED", "Should run after liff init.");
    const link = linkTo(address);
    if (!link) throw new LiffError("INVALID_ARGUMENT", "invalid URL.");
    return link;
  }

  function createUrl() {
    const link = linkTo(location.href);
    if (!link) throw new LiffError("INVALID_CONFIG", "Current page is not under entrypoint.");
    return link;
  }

  // -- What a page sees --------------------------------------------------------------------------

  const getFriendship = needing("profile", () => call("/friendship/v1/status"));
  const userAgent = navigator.userAgent.toLowerCase();
  const os = /iphone|ipad|ipod/.test(userAgent) ? "ios" : /android/.test(userAgent) ? "android" : "web";
  const lineVersion = /line\/(\d+(?:\.\d+)*)/.exec(userAgent)?.[1] || (inClient ? LINE_VERSION : null);

  function use(plugin, option) {
    if (typeof plugin?.install !== "function" || typeof plugin.name !== "string") return liff;
    const name = `$${plugin.name}`;
    if (!(name in liff)) liff[name] = plugin.install({ liff, hooks: {} }, option);
    return liff;
  }

  const liff = {
    id: null,
    ready,
    init,
    login,
    logout,
    isLoggedIn,
    use,
    isInClient: () => inClient,
    getOS: () => os,
    getVersion: () => VERSION,
    getLineVersion: () => lineVersion,
    getLanguage: () => navigator.language,
    getAppLanguage: () => navigator.language,
    getContext: () => recall("context"),
    getAccessToken: () => recall("accessToken"),
    getIDToken: () => recall("IDToken"),
    getDecodedIDToken: () => recall("decodedIDToken"),
    getProfile: needing("profile", () => call("/v2/profile")),
    getFriendship,
    requestFriendship,
    sendMessages: needing("chat_message.write", sendMessages),
    closeWindow,
    openWindow,
    isApiAvailable,
    shareTargetPicker: refused("shareTargetPicker"),
    scanCodeV2: refused("scanCodeV2"),
    permission: {
      query: queryPermission,
      getGrantedAll: granted,
      requestAll: async () => {
        throw new LiffError("FORBIDDEN", "SkipChannelVerificationScreen is unavailable.");
      },
    },
    permanentLink: { createUrl, createUrlBy },
    i18n: { setLang: async () => undefined },
  };
  window.liff = liff;
})();
