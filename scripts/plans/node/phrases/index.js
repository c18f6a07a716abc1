module.exports = { en: "Hello", de: "Hallo" };
