import AuditChain
import SealedSecrets
import Testing

@Suite struct ChainVerifierTests {
    @Test func aWholeChainIsWhole() throws {
        #expect(Chain().found() == "whole" && Chain().verdict().standing == .empty)
        let plain = Chain(20)
        #expect(plain.found() == "whole" && plain.verdict().standing == .unchecked)
        let keys = try Chain.keys("k1")
        let keyed = Chain(20, keys)
        let verdict = keyed.verdict(keys)
        #expect(verdict.finding == nil && verdict.standing == .authentic && verdict.authenticatedTo == 20)
        #expect(keyed.found() == "whole", "without keys the digests are checked all the same")
    }

    @Test func everyMemberOfAnEntryCounts() {
        let changes: [(inout AuditRecord) -> Void] = [
            { $0.at += 1 }, { $0.actor = "eve" }, { $0.requestID = "r" }, { $0.action = "Deleted" }, { $0.resource = "Tenant/zoe" },
            { $0.tenant = nil }, { $0.tenant = "" }, { $0.before = nil }, { $0.before = #"{"a": 1.0}"# }, { $0.message = "" },
            { $0.outcome = "failed" }, { $0.after = nil }, { $0.after = "null" },
            // What one member loses another one gains.
            {
                $0.actor = "annr"
                $0.requestID = "-7"
            },
        ]
        for (index, change) in changes.enumerated() {
            var chain = Chain(10)
            if var record = chain.records[7] {
                change(&record)
                chain.records[7] = record
            }
            #expect(chain.found() == "changed 7", "\(index)")
        }
    }

    @Test func everyMemberOfALinkCounts() {
        var chain = Chain(10)
        chain.links[4].sealedAt += 1
        #expect(chain.found() == "changed 5")
        chain = Chain(10)
        chain.links[4].digest[3] ^= 1
        #expect(chain.found() == "changed 5")
        chain = Chain(10)
        chain.links[4].part = .begun
        #expect(chain.found() == "changed 5")
        chain = Chain(10)
        chain.links[4].entry = 6
        #expect(chain.found() == "changed 5")
        chain = Chain(10)
        chain.links[4].previous[0] ^= 1
        #expect(chain.found() == "reordered 5")
    }

    @Test func whatIsGoneIsFound() {
        var chain = Chain(10)
        chain.records[4] = nil
        #expect(chain.found() == "deleted 4")
        chain = Chain(10)
        chain.links.removeSubrange(3...5)
        #expect(chain.found() == "deleted 4")
        chain = Chain(10)
        chain.links.removeFirst(2)
        #expect(chain.found() == "deleted 1")
        // The end can only be missed by somebody who knows where it was.
        chain = Chain(10)
        let head = chain.head
        chain.links.removeLast(3)
        #expect(chain.found() == "whole")
        #expect(chain.found(expected: [head]) == "deleted 8")
    }

    @Test func linksAtOtherPlacesAreFound() {
        var chain = Chain(10)
        chain.links.swapAt(4, 7)
        for index in chain.links.indices { chain.links[index].sequence = Int64(index + 1) }
        #expect(chain.found() == "reordered 5")
        // A gap that was closed by giving the rest other numbers.
        chain = Chain(10)
        chain.links.remove(at: 4)
        for index in chain.links.indices { chain.links[index].sequence = Int64(index + 1) }
        #expect(chain.found() == "reordered 5")
        // One that was put in between, made as it has to be: the next one does not know it.
        chain = Chain(10)
        chain.records[99] = Chain.record(99)
        chain.links.insert(AuditLink(Chain.record(99), .ended, after: chain.links[4].head, sealedAt: 1, authenticator: nil), at: 5)
        for index in 6..<chain.links.count { chain.links[index].sequence += 1 }
        #expect(chain.found() == "reordered 7")
    }

    @Test func aChainMadeAnewNeedsTheKeys() throws {
        let keys = try Chain.keys("k1")
        var chain = Chain(10, keys)
        let head = chain.head
        chain.records[4]?.actor = "eve"
        var one = chain
        one.links[3] = AuditLink(one.records[4] ?? Chain.record(4), .ended, after: one.links[2].head, sealedAt: 1, authenticator: nil)
        #expect(one.found() == "forged 4", "the next one was made after another")
        var unkeyed = chain
        unkeyed.makeAgain(from: 3)
        #expect(unkeyed.found(keys) == "forged 4")
        #expect(unkeyed.found() == "forged 4", "a code is missing, which is seen without keys as well")
        var otherKey = chain
        otherKey.makeAgain(from: 3, try Chain.keys("k2"))
        #expect(otherKey.verdict(keys).standing != .authentic)
        #expect(otherKey.found() == "whole", "this is why there are keys")
        var copied = chain
        copied.makeAgain(from: 3)
        for index in 3..<10 { copied.links[index].code = chain.links[index].code }
        #expect(copied.found(keys) == "forged 4")
        var all = chain
        all.makeAgain(from: 0)
        #expect(all.found() == "whole" && all.found(keys) == "forged 10", "the end must carry a code")
        #expect(all.found(expected: [head]) == "forged 10")
    }

    @Test func keysMayComeLaterAndChange() throws {
        let (first, both) = (try Chain.keys("k1"), try Chain.keys("k2", "k1"))
        var chain = Chain(5)
        #expect(chain.found(first) == "forged 5", "the keys are there, and the end does not carry a code yet")
        for id in 6...10 { chain.add(Int64(id), first) }
        #expect(chain.found(first) == "whole")
        for id in 11...15 { chain.add(Int64(id), both) }
        #expect(chain.verdict(both).standing == .authentic)
        // The old key is gone: what it vouched for is vouched for by the new one.
        let new = try Chain.keys("k2")
        #expect(chain.found(new) == "whole" && chain.verdict(new).standing == .authentic)
        #expect(chain.verdict(first).standing == .unknownKey("k2"))
        #expect(chain.verdict(first).authenticatedTo == 10)
    }

    @Test func anEntryThatTakesTimeHasTwoLinks() {
        var chain = Chain(2)
        chain.records[3] = Chain.record(3, outcome: "pending")
        chain.add(3, .begun)
        chain.add(4)
        // It is settled: message, outcome and what is after may change, nothing else.
        chain.records[3]?.outcome = "failed"
        chain.records[3]?.message = "It was refused."
        chain.records[3]?.after = nil
        #expect(chain.found() == "whole")
        chain.add(3, .ended)
        #expect(chain.found() == "whole")
        chain.records[3]?.message = "It was done."
        #expect(chain.found() == "changed 5")
        chain.records[3]?.actor = "eve"
        #expect(chain.found() == "changed 3")
    }

    @Test func whatIsRemovedInTimeLeavesAnAnchor() throws {
        let keys = try Chain.keys("k1")
        func removed(_ authenticator: MessageAuthenticator?, _ by: MessageAuthenticator?) -> Chain {
            var chain = Chain(10, authenticator)
            chain.anchor = AuditAnchor(removingTo: chain.links[3].head, removed: 4, removedAt: 1, authenticator: by)
            chain.links.removeFirst(4)
            for id in 1...4 { chain.records[Int64(id)] = nil }
            return chain
        }
        #expect(removed(nil, nil).found() == "whole")
        #expect(removed(keys, keys).found(keys) == "whole")
        #expect(removed(keys, keys).found() == "whole")
        #expect(removed(keys, nil).found(keys) == "forged 5", "whoever lacks the keys cannot remove")
        var chain = removed(keys, try Chain.keys("k9"))
        #expect(chain.verdict(keys).standing == .unknownKey("k9"))
        chain = removed(keys, keys)
        chain.anchor?.removed = 3
        #expect(chain.found(keys) == "forged 5")
        chain = removed(keys, keys)
        // The code of a link is none of an anchor.
        chain.anchor = AuditAnchor(head: chain.links[0].head, removed: 5, removedAt: 1, code: chain.links[0].code)
        chain.links.removeFirst()
        #expect(chain.found(keys) == "forged 6")
        chain = removed(nil, nil)
        chain.links.removeAll()
        #expect(chain.found() == "deleted 5")
        chain = removed(nil, nil)
        chain.anchor = nil
        #expect(chain.found() == "deleted 1")
        // An end that was kept of what was removed cannot be compared any more.
        #expect(removed(nil, nil).found(expected: [ChainHead(sequence: 2, digest: AuditLink.genesis)]) == "whole")
    }

    @Test func anEndIsWrittenAndRead() throws {
        let head = Chain(3).head
        #expect(ChainHead("\(head)") == head)
        let text = "\(head)"
        for wrong in [
            "", "3", "3:", "0" + text.dropFirst(), "x" + text, String(text.dropLast()), text + "0", text.replacing(":", with: ":+"),
        ] {
            #expect(ChainHead(wrong) == nil, "\(wrong)")
        }
        #expect(Chain(1).found(expected: [Chain(1).head]) == "whole")
    }

    @Test func theSpellingStays() {
        // Chains that were made must verify for ever: this digest must not change.
        let link = AuditLink(Chain.record(1), .ended, after: .empty, sealedAt: 1_800_000_000_000_000, authenticator: nil)
        #expect("\(link.head)" == "1:ade91a890669d60031786979e599288ec2d213ac9b8a24a3a20f68288103288a")
    }
}
