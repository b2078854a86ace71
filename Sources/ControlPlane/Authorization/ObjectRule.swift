/// With which objects an operation lets a caller have to do, once the caller's role is one that may call it.
enum ObjectRule: String, Sendable, Hashable, CaseIterable {
    /// Nobody is asked who they are.
    case open
    /// What is the platform's own: the role alone decides.
    case platform
    /// What the platform offers to its customers.
    case catalogue
    /// Tenants, in a list.
    case tenants
    /// A tenant in the path, to be read.
    case tenant
    /// A tenant in the path, to be changed.
    case changedTenant
    /// A tenant that is to be made.
    case newTenant
    /// Customers, in a list.
    case customers
    /// A customer in the path.
    case customer
    /// Policies, in a list.
    case policies
    /// A policy in the path.
    case policy
    /// What is an organisation's or a person's own, in a list.
    case organizations
    /// What is an organisation's or a person's own, in the path.
    case organization
    /// Instances, of an organisation and its customers.
    case instance
    /// An agent in the path, by itself or by whoever may change it.
    case agent
    /// What is the caller's own, in a list.
    case owned
    /// What is the caller's own, in the path.
    case own
    /// A session that is to be bound for the caller.
    case binding
    /// What belongs to the tenant whose pod calls.
    case pod
    /// What belongs to the agent or the machine that calls.
    case caller

    /// What becomes of a request for somebody else's object.
    enum Foreign: Sendable, Hashable {
        /// There are no others.
        case none
        /// It is left out of the list.
        case leftOut
        /// 404, as if it were not there.
        case hidden
        /// 403.
        case refused
        /// The caller's own is made beside it.
        case beside
    }

    /// What becomes of a request for somebody else's object.
    var foreign: Foreign {
        switch self {
        case .open, .platform, .catalogue, .pod, .caller: .none
        case .tenants, .customers, .policies, .organizations, .owned: .leftOut
        case .tenant, .changedTenant, .customer, .policy, .organization, .instance, .agent, .own: .hidden
        case .newTenant: .refused
        case .binding: .beside
        }
    }

    /// The rule in a word or two.
    var word: String {
        switch self {
        case .binding: "one's own, bound"
        case .changedTenant: "tenant, changed"
        case .newTenant: "new tenant"
        case .own: "one's own"
        case .owned: "one's own, listed"
        case .tenants: "tenants, listed"
        case .customers: "customers, listed"
        case .policies: "policies, listed"
        case .organizations: "organisation, listed"
        case .organization: "organisation"
        default: rawValue
        }
    }

    /// The rule, for people.
    var explanation: String {
        switch self {
        case .open: "Anybody. What it does depends on the cookie or the code that is presented."
        case .platform: "The platform's own: the role decides."
        case .catalogue: "What the platform offers. Whoever acts for a customer is not shown whom else it is for, and no drafts."
        case .tenants: "Tenants the caller may read; others are left out, and of no count."
        case .tenant: "A tenant the caller may read; another is answered with 404."
        case .changedTenant:
            "A tenant of the caller's customer, before and after; another is answered with 404, one that may only be read with 403."
        case .newTenant: "A tenant of the caller's customer; for another customer, or none, 403."
        case .customers: "The caller's customer; others are left out."
        case .customer: "The caller's customer; another is answered with 404."
        case .policies: "Policies that bind a tenant the caller may read; others are left out."
        case .policy: "A policy that binds a tenant the caller may read; another is answered with 404."
        case .organizations: "What belongs to the caller's organisation, or is the caller's own; the rest is left out."
        case .organization: "What belongs to the caller's organisation, or is the caller's own; the rest is answered with 404."
        case .instance:
            "An instance of the caller's organisation, or the caller's own; another is answered with 404, and with 403 when it is another "
                + "customer's of the same organisation."
        case .agent:
            "An agent of the caller's organisation, or the caller's own; another is answered with 404. An agent speaks for itself: for another "
                + "it gets 403."
        case .owned: "What is the caller's own; the platform's administrators see everybody's."
        case .own: "What is the caller's own; another's is answered with 404. The platform's administrators see everybody's."
        case .binding: "A session of the caller's: its key is the caller's own, whoever else has one of the same."
        case .pod: "What belongs to the tenant whose pod calls: there is no way to name another."
        case .caller: "What belongs to the agent or the machine that calls: there is no way to name another."
        }
    }
}
