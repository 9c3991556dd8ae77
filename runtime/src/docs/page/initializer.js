// Starts Swagger UI. No network but this service and the sign-in authority; a token outlives the page only by docs.persist_token.
(function () {
  "use strict";

  const settings = {{settings}};

  // Seen through another name (localhost, a forwarded port), the sign-in window comes back to the public address, which
  // the browser keeps apart from this page. Say so instead of failing without a word.
  const publicPage = settings.publicUrl + "/docs";
  if (new URL(publicPage).origin !== window.location.origin) {
    const link = document.getElementById("other-origin-link");
    link.href = publicPage;
    link.textContent = publicPage;
    document.getElementById("other-origin").hidden = false;
  }

  const ui = SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#swagger-ui",
    layout: "BaseLayout",
    presets: [SwaggerUIBundle.presets.apis],
    deepLinking: true,
    displayOperationId: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    oauth2RedirectUrl: settings.redirectUrl,
    persistAuthorization: settings.persistToken,
    queryConfigEnabled: false,
    validatorUrl: "none",
    withCredentials: false,
  });

  ui.initOAuth({
    clientId: settings.clientId || "",
    appName: settings.appName,
    scopes: settings.scopes,
    usePkceWithAuthorizationCodeGrant: true,
  });

  window.ui = ui;
})();
