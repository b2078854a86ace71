import Crypto
import Foundation
import HTTPOperations
import HTTPTypes

/// A page for people whose browser was sent here: no scripts, nothing from elsewhere, in nobody's frame. Its one style is known by its hash.
struct HTMLPage: Sendable {
    /// Its title, also the heading.
    var title: String
    /// What is below the heading: HTML, in which every text from outside has gone through ``escape(_:)``.
    var content: String

    /// The page as an answer.
    func response(_ status: HTTPResponse.Status) -> OperationResponse {
        let text = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
            <title>\(Self.escape(title)) – OpenCrane</title>
            <style>\(Self.style)</style>
            </head>
            <body><main><h1>\(Self.escape(title))</h1>
            \(content)
            </main></body>
            </html>

            """
        return OperationResponse(status: status, headers: Self.headers, body: Array(text.utf8))
    }

    /// A text as it may stand in an element or in an attribute between quotes.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// Whether whoever asks would rather see a page than JSON.
    static func isWanted(_ headers: HTTPFields) -> Bool {
        headers[values: .accept].contains { $0.lowercased().contains("text/html") }
    }

    /// A refusal as a page.
    static func refusal(_ error: OperationError, hint: String = "") -> OperationResponse {
        let page = HTMLPage(
            title: "This did not work",
            content: "<p>\(escape(error.message))</p>\n\(hint)\n<p class=\"note\">\(escape(error.code))</p>"
        )
        var response = page.response(error.status)
        for field in error.headers { response.headers.append(field) }
        return response
    }

    /// Colours are the browser's own, so that they follow its light and dark scheme and forced colours.
    private static let style = """

        :root { color-scheme: light dark; --action: light-dark(#1a5fb4, #78aeed); }
        body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; }
        main { box-sizing: border-box; max-width: 38rem; margin: 0 auto; padding: 10vh 1.25rem 2rem; }
        h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.2; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.5rem; align-items: baseline; margin: 1.5rem 0;
            padding: 1rem 1.25rem; border: 1px solid GrayText; border-radius: .5rem; }
        dd { margin: 0; overflow-wrap: anywhere; }
        .code { font: 700 1.5rem/1.2 ui-monospace, monospace; letter-spacing: .08em; }
        .note { margin-top: 2rem; font: .85rem ui-monospace, monospace; opacity: .75; }
        label { display: block; margin-top: 1.5rem; }
        input, button { font: inherit; padding: .55rem 1.25rem; border: 1px solid GrayText; border-radius: .4rem; margin: .25rem .5rem .25rem 0; }
        button { cursor: pointer; }
        button[value="approve"] { background: var(--action); border-color: var(--action); color: light-dark(#fff, #000); }
        a { color: var(--action); }
        :focus-visible { outline: 3px solid var(--action); outline-offset: 2px; }
        @media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }

        """

    private static let styleHash = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()

    private static let headers: HTTPFields = {
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
            .contentSecurityPolicy:
                "default-src 'none'; style-src 'sha256-\(styleHash)'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ]
        for (name, value) in [
            ("X-Frame-Options", "DENY"),
            // Not no-referrer: with that, browsers would hide where our own forms come from.
            ("Referrer-Policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return headers
    }()
}
