const { phrases } = require("./greetings.json");
require("http").createServer((_, answer) => answer.end(`${phrases.en} world`)).listen(8000);
