import HTTPOperations
import HTTPTypes

/// A page for people whose browser was sent here: no scripts, no styles, nothing from elsewhere, in nobody's frame.
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
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>\(Self.escape(title))</title></head>
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
        let page = HTMLPage(title: "This did not work", content: "<p>\(escape(error.message))</p>\n<p>\(escape(error.code))</p>\n\(hint)")
        var response = page.response(error.status)
        for field in error.headers { response.headers.append(field) }
        return response
    }

    private static let headers: HTTPFields = {
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
            .contentSecurityPolicy: "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
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
