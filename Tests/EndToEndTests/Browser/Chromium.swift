import Foundation
import JSONValue

/// A headless Chromium, driven through `chromedriver` by the WebDriver protocol (W3C). `scripts/setup --tests` installs both.
struct Chromium: Sendable {
    /// An answer of WebDriver that is an error.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// An element of a page, in the protocol.
    private static let elementKey = "element-6066-11e4-a52e-4f735466cecf"

    private let driver: RESTClient
    private let session: String

    /// Runs a browser without any history for as long as `body` takes.
    static func run(in scratch: Scratch, _ body: (Chromium) async throws -> Void) async throws {
        let folder = scratch.path("chromium")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let process = ServerProcess(
            name: "chromedriver",
            executable: try program("chromedriver"),
            arguments: ["--port=0"],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder],
            log: scratch.path("chromedriver.log")
        )
        try process.start()
        // It is killed: a program begins with the signals blocked that the thread has blocked that starts it, and this one keeps it so.
        do {
            let browser = try await open(process, folder: folder)
            do {
                try await body(browser)
            } catch {
                let page = (try? await browser.text()) ?? ""
                FileHandle.standardError.write(Data("---- \(error)\n---- \((try? await browser.address()) ?? "?")\n\(page)\n".utf8))
                await browser.end()
                throw error
            }
            await browser.end()
        } catch {
            await process.crash()
            throw error
        }
        await process.crash()
    }

    private static func program(_ name: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        guard let path = folders.map({ "\($0)/\(name)" }).first(where: FileManager.default.isExecutableFile) else {
            throw Failure(description: "there is no \(name) on the PATH; run scripts/setup --tests")
        }
        return path
    }

    private static func open(_ process: ServerProcess, folder: String) async throws -> Chromium {
        try await eventually("chromedriver listens") {
            guard process.isRunning else { throw Failure(description: process.output) }
            return process.output.contains("started successfully on port ")
        }
        let rest = process.output.components(separatedBy: "started successfully on port ").last ?? ""
        let driver = RESTClient(base: "http://127.0.0.1:\(rest.prefix { $0.isNumber })", token: "")
        let arguments: [JSON] = [
            // Root has no sandbox, and containers little shared memory.
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run", "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=900,700",
            // A browser that has lost its driver ends.
            "--remote-debugging-pipe",
            // Pages of others that the provider's page would like are not waited for.
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1", .string("--user-data-dir=\(folder)/profile"),
        ]
        let answer = try await driver.post(
            "/session",
            [
                "capabilities": [
                    "alwaysMatch": [
                        "browserName": "chrome", "acceptInsecureCerts": true, "goog:chromeOptions": ["args": .array(arguments)],
                    ]
                ]
            ]
        )
        guard let id = try value(of: answer)["sessionId"]?.stringValue else { throw Failure(description: "no session") }
        return Chromium(driver: driver, session: id)
    }

    private func end() async { _ = try? await driver.delete("/session/\(session)") }

    private static func value(of answer: RESTAnswer) throws -> JSON {
        let value = try answer.json["value"] ?? .null
        guard answer.status == 200 else {
            throw Failure(description: "\(value["error"]?.stringValue ?? "?"): \(value["message"]?.stringValue?.prefix(500) ?? "")")
        }
        return value
    }

    private func get(_ path: String) async throws -> JSON { try Self.value(of: try await driver.get("/session/\(session)/\(path)")) }

    @discardableResult
    private func post(_ path: String, _ body: JSON = [:]) async throws -> JSON {
        try Self.value(of: try await driver.post("/session/\(session)/\(path)", body))
    }

    /// Opens an address, as a person does who types it.
    func open(_ address: String) async throws { try await post("url", ["url": .string(address)]) }

    /// Goes back, as by the button.
    func goBack() async throws { try await post("back") }

    /// The address of the page that is shown.
    func address() async throws -> String { try await get("url").stringValue ?? "" }

    /// What the page says to a reader.
    func text() async throws -> String { try await run("return document.body.innerText").stringValue ?? "" }

    /// The JSON that is shown in the place of a page.
    func json() async throws -> JSON { try JSON(parsing: try await run("return document.body.textContent").stringValue ?? "") }

    /// The status that the page came with.
    func status() async throws -> Int64? {
        try await run("return performance.getEntriesByType('navigation')[0].responseStatus").integerValue
    }

    /// Runs a script in the page; a promise is waited for.
    @discardableResult
    func run(_ script: String, _ arguments: [JSON] = []) async throws -> JSON {
        try await post("execute/sync", ["script": .string(script), "args": .array(arguments)])
    }

    /// Clicks the only element of a selector (CSS).
    func click(_ selector: String) async throws { try await post("element/\(try await find(selector))/click") }

    /// Types into the only element of a selector.
    func type(_ text: String, into selector: String) async throws {
        try await post("element/\(try await find(selector))/value", ["text": .string(text)])
    }

    private func find(_ selector: String) async throws -> String {
        let found = try await post("elements", ["using": "css selector", "value": .string(selector)]).arrayValue ?? []
        guard found.count == 1, let id = found[0][Self.elementKey]?.stringValue else {
            throw Failure(description: "\(found.count) elements are \(selector)")
        }
        return id
    }

    /// Waits until the page that is shown has an address that begins so.
    func arrive(at prefix: String) async throws {
        try await eventually("the browser is at \(prefix)") { try await address().hasPrefix(prefix) }
    }

    /// The cookies that requests of this page would have.
    func cookies() async throws -> [JSON] { try await get("cookie").arrayValue ?? [] }

    /// A picture of the page (PNG); kept in the folder `OPENCRANE_E2E_SCREENSHOTS` names, if it names one.
    @discardableResult
    func picture(_ name: String) async throws -> [UInt8] {
        let data = Data(base64Encoded: try await get("screenshot").stringValue ?? "") ?? Data()
        if let folder = ProcessInfo.processInfo.environment["OPENCRANE_E2E_SCREENSHOTS"], !folder.isEmpty {
            try data.write(to: URL(filePath: "\(folder)/\(name).png"))
        }
        return Array(data)
    }
}
