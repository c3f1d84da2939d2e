// Another house for issuer.mjs: the certified oidc-provider on this machine, with a sign-in form of
// its own. Prints its address.
//
//   node house.mjs BASE SECRET
import http from "node:http";
import Provider from "oidc-provider";

const [base, secret] = process.argv.slice(2);
const server = http.createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const head = '<!doctype html><title>House</title><link rel="icon" href="data:,"><h1>House</h1>';
const provider = new Provider(issuer, {
  clients: [{
    client_id: "reclaim",
    client_secret: secret,
    redirect_uris: [`${base}/sign-in/back`],
    post_logout_redirect_uris: [`${base}/sign-in`],
    response_types: ["code"],
    grant_types: ["authorization_code"],
  }],
  pkce: { required: () => true, methods: ["S256"] },
  cookies: { keys: ["synthetic"] },
  claims: { openid: ["sub"], email: ["email"] },
  conformIdTokenClaims: false,
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      logoutSource(ctx, form) {
        ctx.body = `${head}${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`;
      },
    },
  },
  interactions: { url: (_, interaction) => `/form/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@id.test` }) }),
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({
      clientId: oidc.client.clientId, accountId: oidc.session.accountId,
    });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
});

async function form(request, response) {
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html");
    response.end(`${head}<form method="post"><label>Who <input name="who" autocomplete="off"></label><button>Go</button></form>`);
    return;
  }
  let body = "";
  for await (const part of request) body += part;
  const accountId = new URLSearchParams(body).get("who");
  const result = accountId ? { login: { accountId } } : { error: "access_denied" };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const pages = provider.callback();
server.on("request", (request, response) =>
  request.url.startsWith("/form/") ? form(request, response) : pages(request, response));
console.log(issuer);
