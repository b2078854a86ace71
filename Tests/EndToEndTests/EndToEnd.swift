import Testing

/// The suite: one test after the other, for every one starts programs that need the machine's cores.
@Suite("End to end", .serialized)
enum EndToEnd {}
