/* chromium.mjs: a headless Chromium, spoken to over a pair of pipes (its own debugging protocol),
 * so that neither a driver nor a package is needed, and no port is open.
 * SPDX-License-Identifier: MIT
 */
import {spawn} from "node:child_process";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";

/* As root there is no sandbox; in containers /dev/shm is small. */
const FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--mute-audio", "--hide-scrollbars", "--disable-background-networking",
    "--disable-component-update", "--disable-extensions", "--force-color-profile=srgb",
    "--remote-debugging-pipe"
];

export class Browser {
    constructor(program) {
        this.folder = mkdtempSync(join(tmpdir(), "respawn-test."));
        this.process = spawn(program, [...FLAGS, `--user-data-dir=${this.folder}`, "about:blank" ],
                             {stdio : [ "ignore", "ignore", "ignore", "pipe", "pipe" ]});
        this.waiting = new Map();
        this.listeners = [];
        this.number = 0;
        this.ended = new Promise((resolve) => this.process.on("exit", resolve));
        let text = "";
        this.process.stdio[4].setEncoding("utf8").on("data", (part) => {
            const messages = (text + part).split("\0");
            text = messages.pop();
            messages.forEach((message) => this.take(JSON.parse(message)));
        });
        const fail = (why) =>
            this.waiting.forEach(({reject}) => reject(new Error(`Chromium: ${why}`)));
        this.process.on("exit", (status) => fail(`ended with ${status}`));
        this.process.on("error", (error) => fail(error.message));
    }

    take(message) {
        const waiting = this.waiting.get(message.id);
        if (!waiting) return this.listeners.forEach((listener) => listener(message));
        this.waiting.delete(message.id);
        if (message.error)
            waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
        else
            waiting.resolve(message.result);
    }

    send(method, params = {}, sessionId = undefined) {
        const id = ++this.number;
        return new Promise((resolve, reject) => {
            this.waiting.set(id, {resolve, reject, method});
            this.process.stdio[3].write(`${JSON.stringify({id, method, params, sessionId})}\0`);
        });
    }

    async page() {
        const {targetId} = await this.send("Target.createTarget", {url : "about:blank"});
        const {sessionId} = await this.send("Target.attachToTarget", {targetId, flatten : true});
        const page = new Page(this, sessionId);
        for (const domain of ["Page", "Runtime", "Log", "Network", "Accessibility"])
            await page.send(`${domain}.enable`);
        return page;
    }

    async stop() {
        await this.send("Browser.close").catch(() => {});
        await this.ended;
        rmSync(this.folder, {recursive : true, force : true, maxRetries : 5});
    }
}

export class Page {
    constructor(browser, session) {
        this.browser = browser;
        this.session = session;
        this.complaints = []; /* of the console, and exceptions */
        this.requests = [];
        browser.listeners.push((message) => message.sessionId === session &&
                                            this.hear(message.method, message.params));
    }

    send(method, params) {
        return this.browser.send(method, params, this.session);
    }

    hear(method, params) {
        if (method === "Runtime.exceptionThrown")
            this.complaints.push(params.exceptionDetails.exception?.description ||
                                 params.exceptionDetails.text);
        if (method === "Runtime.consoleAPICalled" && params.type !== "log")
            this.complaints.push(params.args.map((arg) => arg.value || arg.description).join(" "));
        if (method === "Log.entryAdded" && params.entry.level !== "verbose")
            this.complaints.push(params.entry.text);
        if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
        if (method === "Page.javascriptDialogOpening") {
            this.complaints.push(`a dialog: ${params.message}`);
            this.send("Page.handleJavaScriptDialog", {accept : false}).catch(() => {});
        }
        if (method === "Page.loadEventFired" && this.loaded) this.loaded();
    }

    /* `look`: {width, dark, media, scale}. */
    async open(url, look = {}) {
        this.complaints = [];
        this.requests = [];
        await this.look(look);
        const loaded = new Promise((resolve) => { this.loaded = resolve; });
        await this.send("Page.navigate", {url});
        await loaded;
        await this.settle();
    }

    /* Two frames on, what was asked for is drawn. */
    settle() {
        return this.run(() => new Promise((resolve) => requestAnimationFrame(
                                              () => requestAnimationFrame(() => resolve(true)))));
    }

    async look({width = 1180, dark = false, media = "", scale = 1}) {
        await this.send("Emulation.setDeviceMetricsOverride", {
            width,
            height : width < 600 ? 800 : 900,
            deviceScaleFactor : scale,
            mobile : width < 600
        });
        await this.send("Emulation.setEmulatedMedia", {
            media,
            features : [ {name : "prefers-color-scheme", value : dark ? "dark" : "light"} ]
        });
    }

    /* Runs a function of the page's world with plain arguments. */
    async run(work, ...args) {
        const {result, exceptionDetails} = await this.send("Runtime.evaluate", {
            returnByValue : true,
            awaitPromise : true,
            expression : `(${work})(${args.map((arg) => JSON.stringify(arg)).join(", ")})`
        });
        if (exceptionDetails)
            throw new Error(exceptionDetails.exception?.description || exceptionDetails.text);
        return result.value;
    }

    async press(key, more = {}) {
        const codes = {Tab : 9, Enter : 13, End : 35, Home : 36, ArrowLeft : 37, ArrowRight : 39};
        const event = {key, code : key, windowsVirtualKeyCode : codes[key], ...more};
        await this.send("Input.dispatchKeyEvent",
                        {type : "keyDown", ...event, ...(key === "Enter" ? {text : "\r"} : {})});
        await this.send("Input.dispatchKeyEvent", {type : "keyUp", ...event});
    }

    /* The mouse, pressed at one place and let go at another. */
    async drag(from, to) {
        const send = (type, {x, y}, buttons) => this.send(
            "Input.dispatchMouseEvent", {type, x, y, buttons, button : "left", clickCount : 1});
        await send("mouseMoved", from, 0);
        await send("mousePressed", from, 1);
        await send("mouseMoved", {x : (from.x + to.x) / 2, y : to.y}, 1);
        await send("mouseMoved", to, 1);
        await send("mouseReleased", to, 0);
        await this.settle();
    }

    async screenshot(path) {
        await this.settle();
        const {cssContentSize} = await this.send("Page.getLayoutMetrics");
        const {data} = await this.send("Page.captureScreenshot", {
            format : "png",
            captureBeyondViewport : true,
            clip : {
                x : 0,
                y : 0,
                width : cssContentSize.width,
                height : cssContentSize.height,
                scale : 1
            }
        });
        writeFileSync(path, Buffer.from(data, "base64"));
    }

    async pdf(path) {
        const {data} =
            await this.send("Page.printToPDF", {printBackground : true, preferCSSPageSize : true});
        const bytes = Buffer.from(data, "base64");
        writeFileSync(path, bytes);
        return bytes;
    }
}
