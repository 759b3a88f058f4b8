// The page at /api/docs: Swagger UI, in the theme of the page, with the DJ's session.

const place = document.getElementById("swagger-ui");
const { url, token } = place.dataset;
const system = matchMedia("(prefers-color-scheme: dark)");

function dress() {
  const theme = document.documentElement.dataset.theme;
  const isDark = theme ? theme === "dark" : system.matches;
  document.documentElement.classList.toggle("dark-mode", isDark);
}

dress();
system.addEventListener("change", dress);
SwaggerUIBundle({
  url,
  domNode: place,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  requestInterceptor: (request) => {
    if (!request.headers.Authorization) request.headers["X-CSRFToken"] = token;
    return request;
  },
});
