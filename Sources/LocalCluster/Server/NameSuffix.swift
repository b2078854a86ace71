/// The random end of generated names: five characters that make no words.
enum NameSuffix {
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")

    static func random() -> String {
        String((0..<5).map { _ in alphabet[Int.random(in: alphabet.indices)] })
    }
}
