"""trace_viewer.py: Chromium's reader of traces, the engine behind the Performance panel of its DevTools, asked
what it makes of one. It comes with the browser, which runs headless and is driven through a pipe, by the
DevTools protocol.

SPDX-License-Identifier: MIT
"""
import json
import os
import shutil
import subprocess
import tempfile
import time

PAGE = "devtools://devtools/bundled/devtools_app.html"
# What is in the model that the panel draws: per track how many slices, and how deep they lie; flows as the
# slices that they lead through; lives as it pairs their ends.
READ = """
(async text => {
    const {TraceModel, Helpers} = await import('devtools://devtools/bundled/models/trace/trace.js');
    const trace = JSON.parse(text), model = TraceModel.Model.createWithAllHandlers();
    await model.parse(trace.traceEvents, {});
    const {data} = model.parsedTrace(0), seen = {tracks: {}, flows: [], lives: []};
    for (const process of data.Renderer.processes.values())
        for (const thread of process.threads.values())
            seen.tracks[thread.name] = {slices: thread.entries.length, depth: thread.tree ? thread.tree.maxDepth : 0};
    for (const flow of data.Flows.flows)
        seen.flows.push(flow.map(slice => slice.name));
    const ends = trace.traceEvents.filter(event => event.ph === 'b' || event.ph === 'e');
    for (const life of Helpers.Trace.createMatchedSortedSyntheticEvents(ends))
        seen.lives.push([life.name, life.ts, life.dur]);
    return JSON.stringify(seen);
})(%s)
"""


def find_program():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    raise AssertionError("there is no chromium: see packages-test.txt")


class Viewer:
    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="respawn-viewer.")
        ours_out, theirs_out = os.pipe()
        theirs_in, ours_in = os.pipe()
        self.number = 0
        self.rest = b""
        self.session = None

        def place():  # the protocol's files are 3, to be read, and 4
            read, write = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [find_program(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-extensions", "--remote-debugging-pipe",
             f"--user-data-dir={self.home}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False,
            preexec_fn=place, env={**os.environ, "HOME": self.home})
        os.close(theirs_in)
        os.close(theirs_out)
        self.input, self.output = ours_in, ours_out
        target = self.ask("Target.createTarget", url=PAGE)["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.await_page()

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.input, data):]
        while True:
            answer = self.next_message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def next_message(self):
        while b"\0" not in self.rest:
            more = os.read(self.output, 1 << 20)
            if not more:
                raise AssertionError("chromium has ended")
            self.rest += more
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def evaluate(self, expression):
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(str(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def await_page(self):
        for _ in range(600):
            if self.evaluate("document.location.href + document.readyState") == PAGE + "complete":
                return
            time.sleep(0.1)
        raise AssertionError(f"{PAGE} does not load")

    def read(self, text):
        return json.loads(self.evaluate(READ % json.dumps(text)))

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.input)
        os.close(self.output)
        shutil.rmtree(self.home, ignore_errors=True)
