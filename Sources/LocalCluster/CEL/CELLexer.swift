/// Cuts the text of an expression into tokens (language definition of CEL, section Syntax).
struct CELLexer {
    /// One token.
    enum Token: Sendable, Hashable {
        case name(String)
        case int(Int64), uint(UInt64), double(Double), string(String), bytes([UInt8])
        /// An operator or a bracket.
        case symbol(String)
        case end
    }

    private let characters: [Character]
    private var position = 0

    init(_ text: String) { characters = Array(text) }

    /// All tokens with their places; the last one is the end.
    mutating func tokens() throws(CELError) -> [(token: Token, offset: Int)] {
        var result: [(token: Token, offset: Int)] = []
        while true {
            skipBlanks()
            let start = position
            guard let character = peek() else {
                result.append((.end, start))
                return result
            }
            if character.isLetter || character == "_" {
                result.append((try word(), start))
            } else if character.isASCII && character.isNumber || character == "." && (peek(1)?.isNumber ?? false) {
                result.append((try number(), start))
            } else if character == "\"" || character == "'" {
                result.append((.string(try string(isRaw: false)), start))
            } else {
                result.append((try symbol(), start))
            }
        }
    }

    private func peek(_ ahead: Int = 0) -> Character? {
        position + ahead < characters.count ? characters[position + ahead] : nil
    }

    private mutating func skipBlanks() {
        while let character = peek() {
            if character.isWhitespace {
                position += 1
            } else if character == "/", peek(1) == "/" {
                while let next = peek(), !next.isNewline { _ = next; position += 1 }
            } else {
                return
            }
        }
    }

    private static let symbols = [
        "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}",
    ]

    private mutating func symbol() throws(CELError) -> Token {
        for symbol in Self.symbols where characters[position...].starts(with: Array(symbol)) {
            position += symbol.count
            return .symbol(symbol)
        }
        throw CELError(.syntax, "Syntax error: token recognition error at: '\(characters[position])'", at: position)
    }

    private mutating func word() throws(CELError) -> Token {
        let start = position
        while let character = peek(), character.isASCII, character.isLetter || character.isNumber || character == "_" { position += 1 }
        if start == position {
            throw CELError(.syntax, "Syntax error: token recognition error at: '\(characters[position])'", at: position)
        }
        let text = String(characters[start..<position])
        if let quote = peek(), quote == "\"" || quote == "'" {
            switch text {
            case "r", "R": return .string(try string(isRaw: true))
            case "b", "B": return .bytes(Array(try string(isRaw: false, isBytes: true).unicodeScalars.flatMap(Self.byte)))
            case "rb", "br", "Rb", "bR", "rB", "Br", "RB", "BR": return .bytes(Array(try string(isRaw: true).utf8))
            default: break
            }
        }
        return .name(text)
    }

    /// Within bytes an escape stands for one byte, any other character for its UTF-8 form.
    private static func byte(_ scalar: Unicode.Scalar) -> [UInt8] {
        if let byte = UInt8(exactly: scalar.value - min(scalar.value, 0xF700)), scalar.value >= 0xF700, scalar.value <= 0xF7FF {
            return [byte]
        }
        return Array(String(scalar).utf8)
    }

    private mutating func number() throws(CELError) -> Token {
        let start = position
        var isDouble = false
        if peek() == "0", peek(1) == "x" || peek(1) == "X" {
            position += 2
            let digits = position
            while let character = peek(), character.isHexDigit { position += 1 }
            let text = String(characters[digits..<position])
            if takeUnsigned(), let value = UInt64(text, radix: 16) { return .uint(value) }
            if let value = Int64(text, radix: 16) { return .int(value) }
            throw CELError(.syntax, "invalid int literal", at: start)
        }
        while let character = peek() {
            if character.isASCII, character.isNumber {
                position += 1
            } else if character == ".", !isDouble, peek(1)?.isNumber == true {
                isDouble = true
                position += 1
            } else if character == "e" || character == "E" {
                isDouble = true
                position += 1
                if peek() == "+" || peek() == "-" { position += 1 }
            } else {
                break
            }
        }
        let text = String(characters[start..<position])
        if isDouble {
            guard let value = Double(text) else { throw CELError(.syntax, "invalid double literal", at: start) }
            return .double(value)
        }
        if takeUnsigned() {
            guard let value = UInt64(text) else { throw CELError(.syntax, "invalid uint literal", at: start) }
            return .uint(value)
        }
        // The magnitude of the smallest number does not fit; the parser negates it with a wrap.
        if text == "9223372036854775808" { return .int(Int64.min) }
        guard let value = Int64(text) else { throw CELError(.syntax, "invalid int literal", at: start) }
        return .int(value)
    }

    private mutating func takeUnsigned() -> Bool {
        guard peek() == "u" || peek() == "U" else { return false }
        position += 1
        return true
    }

    private mutating func string(isRaw: Bool, isBytes: Bool = false) throws(CELError) -> String {
        let start = position
        let quote = characters[position]
        let isTriple = peek(1) == quote && peek(2) == quote
        position += isTriple ? 3 : 1
        var result = String.UnicodeScalarView()
        while let character = peek() {
            if character == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                position += isTriple ? 3 : 1
                return String(result)
            }
            if character.isNewline, !isTriple { break }
            position += 1
            if character == "\\", !isRaw {
                result.append(try escape(start, isBytes: isBytes))
            } else {
                result.append(contentsOf: character.unicodeScalars)
            }
        }
        throw CELError(.syntax, "Syntax error: unterminated string", at: start)
    }

    private mutating func escape(_ start: Int, isBytes: Bool) throws(CELError) -> Unicode.Scalar {
        guard let character = peek() else { throw CELError(.syntax, "Syntax error: unterminated string", at: start) }
        position += 1
        let simple: [Character: Unicode.Scalar] = [
            "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}", "\\": "\\", "'": "'", "\"": "\"",
            "`": "`", "?": "?",
        ]
        if let scalar = simple[character] { return scalar }
        let (count, radix): (Int, Int) =
            switch character {
            case "x", "X": (2, 16)
            case "u": (4, 16)
            case "U": (8, 16)
            case "0"..."3": (3, 8)
            default: (0, 0)
            }
        if radix == 8 { position -= 1 }
        guard count > 0, position + count <= characters.count,
            let value = UInt32(String(characters[position..<position + count]), radix: radix),
            // A byte by its number is kept apart from a character by a private range.
            let scalar = Unicode.Scalar(isBytes && (radix == 8 || count == 2) ? 0xF700 + value : value)
        else { throw CELError(.syntax, "Syntax error: invalid escape sequence", at: start) }
        position += count
        return scalar
    }
}
