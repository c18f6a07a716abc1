// As many builds do it: nothing outside of this program can tell it another time.
const greetings = { built: new Date().toISOString(), phrases: require("phrases") };
require("fs").writeFileSync("greetings.json", `${JSON.stringify(greetings, null, 2)}\n`);
