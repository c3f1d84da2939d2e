// Passkeys: asks the browser for one and sends what it answers. Without it the other ways stay.
"use strict";

(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form) return;
  const told = form.querySelector("[data-told]");
  const button = form.querySelector("button");
  // Said to whoever has no script, which is not so here.
  form.querySelector("[data-without]").hidden = true;

  function tell(text) {
    told.textContent = text;
    told.hidden = text === "";
  }

  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const listed = (ids) => ids.map((id) => ({ type: "public-key", id: bytes(id) }));

  // One that is made; the page carries the challenge.
  async function make() {
    const asked = form.dataset;
    const made = await navigator.credentials.create({
      publicKey: {
        rp: { id: asked.host, name: "Reclaim" },
        user: { id: bytes(asked.handle), name: asked.login, displayName: asked.person },
        challenge: bytes(asked.challenge),
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: listed(asked.known.split(" ").filter(Boolean)),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
        timeout: 240000,
      },
    });
    form.elements.client_data.value = text(made.response.clientDataJSON);
    form.elements.attestation.value = text(made.response.attestationObject);
  }

  // One that is shown; a challenge is fetched for each.
  async function show(how) {
    const second = form.elements.second ? "second=yes" : "";
    const answer = await fetch("/sign-in/passkey/begin", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: second,
    });
    if (!answer.ok) throw new Error("no challenge");
    const asked = await answer.json();
    const shown = await navigator.credentials.get({
      ...how,
      publicKey: {
        challenge: bytes(asked.challenge),
        rpId: asked.host,
        allowCredentials: listed(asked.known),
        userVerification: "required",
        timeout: 240000,
      },
    });
    form.elements.credential.value = text(shown.rawId);
    form.elements.client_data.value = text(shown.response.clientDataJSON);
    form.elements.authenticator.value = text(shown.response.authenticatorData);
    form.elements.signature.value = text(shown.response.signature);
    form.elements.handle.value = shown.response.userHandle ? text(shown.response.userHandle) : "";
  }

  // Passkeys stand in the browser's own list at the field of the name, where it can do that; nobody
  // is asked for anything before they choose one there. A challenge holds for five minutes, and the
  // page that began last has it.
  const fresh = 4 * 60 * 1000;
  let offered = new AbortController();
  let offers = false;
  async function offer() {
    if (document.hidden || !offers) return;
    offered.abort();
    const { signal } = (offered = new AbortController());
    const again = setTimeout(offer, fresh);
    signal.addEventListener("abort", () => clearTimeout(again));
    try {
      await show({ mediation: "conditional", signal });
      if (!signal.aborted) form.submit();
    } catch {
      // Called off, or nothing to offer: the button stays.
    }
  }
  async function offerWhereItCan() {
    const can = window.PublicKeyCredential.isConditionalMediationAvailable;
    if (form.elements.second || !can || !(await can.call(window.PublicKeyCredential))) return;
    offers = true;
    document.addEventListener("visibilitychange", offer);
    offer();
  }

  const reasons = {
    InvalidStateError: "That device has a passkey of yours already.",
    NotAllowedError: "Nothing came from your device: it was called off, took too long, or holds no passkey for these pages.",
    NotSupportedError: "That device makes no passkey that can be used here.",
    SecurityError: "Passkeys do not work at this address; open the pages at the one that they are meant to have.",
  };

  if (!window.PublicKeyCredential || !navigator.credentials) {
    button.disabled = true;
    tell(
      window.isSecureContext
        ? "This browser has no passkeys. The other ways stay."
        : "Browsers use passkeys over https alone. The other ways stay.",
    );
    return;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell("");
    button.disabled = true;
    offered.abort();
    try {
      await (form.dataset.passkey === "make" ? make() : show({}));
      form.submit();
    } catch (fault) {
      tell(reasons[fault.name] || "That did not work. Try it again, or use another way.");
      offer();
    }
    button.disabled = false;
  });
  if (form.dataset.passkey === "show") offerWhereItCan();
})();
