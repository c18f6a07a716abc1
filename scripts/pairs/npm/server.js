const express = require("express");

const app = express();
app.get("/", (request, response) => response.send("Good morning\n"));
app.listen(8000);
