// The page of the API: its calls by Swagger UI, its frames by what is beside this file.

import { showFrames } from './frames.js';

/* global SwaggerUIBundle */
SwaggerUIBundle({
  url: '/openapi.yaml',
  dom_id: '#swagger',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  // Nothing of this document, and of what is tried with it, leaves for another server.
  validatorUrl: null,
  persistAuthorization: false,
});

const frames = document.querySelector('#frames');
showFrames(frames).catch((fault) => {
  frames.replaceChildren(`The frames could not be shown: ${fault.message}`);
});
