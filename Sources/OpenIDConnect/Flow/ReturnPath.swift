/// Where a browser goes after the login: a path of this service, and nowhere else.
public enum ReturnPath {
    /// The path, or `/` when the text could lead elsewhere: it must begin with one slash and have no backslash, control character or white
    /// space, which browsers read in ways of their own.
    ///
    /// - Parameter text: what a caller sent, at most 1024 bytes.
    public static func checked(_ text: String?) -> String {
        guard let text, text.utf8.count <= 1024, text.hasPrefix("/"), !text.hasPrefix("//"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C })
        else { return "/" }
        // A first segment of dots is resolved by browsers before the path is looked at: /..//evil.example becomes //evil.example.
        let path = text.prefix { $0 != "?" && $0 != "#" }.lowercased()
        guard !path.contains("//"), !path.contains("/.."), !path.contains("/."), !path.contains("%2e"), !path.contains("%5c"),
            !path.contains("%2f")
        else { return "/" }
        return text
    }
}
