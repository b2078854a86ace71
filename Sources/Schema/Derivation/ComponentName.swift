/// Names of components, made from the names of Swift types.
enum ComponentName {
    /// `Module.Outer.Inner` gives `Outer.Inner`, `Page<Module.Item>` gives `PageOfItem`.
    static func name(reflecting type: Any.Type) -> String {
        var result = ""
        var words: [String] = []
        var word = ""
        var parentheses = 0
        func closeName() {
            if !word.isEmpty { words.append(word) }
            result += (words.count > 1 ? words.dropFirst() : words[...]).joined(separator: ".")
            words = []
            word = ""
        }
        for character in String(reflecting: type) {
            switch character {
            case "(": parentheses += 1
            case ")": parentheses -= 1
            case _ where parentheses > 0: break
            case ".":
                // An anonymous context leaves an empty word.
                if !word.isEmpty { words.append(word) }
                word = ""
            case "<":
                closeName()
                result += "Of"
            case ",":
                closeName()
                result += "And"
            case ">": closeName()
            case " ": break
            default: word.append(character)
            }
        }
        closeName()
        return result
    }
}
