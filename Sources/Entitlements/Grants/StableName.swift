/// How people are named in grants, groups and sessions. Pure.
public enum StableName {
    /// A name as it is compared: addresses differ in case and mean the same, `issuer|subject` is taken to the letter.
    ///
    /// - Parameter name: the name, without its kind.
    public static func folded(_ name: String) -> String { name.contains("@") && !name.contains("|") ? name.lowercased() : name }
}
