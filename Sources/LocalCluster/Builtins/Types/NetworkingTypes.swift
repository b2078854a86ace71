extension BuiltinTypes {
    /// The group networking.k8s.io.
    static let networkingTypes = """
        Ingress
          metadata:ObjectMeta spec:IngressSpec status:IngressStatus
        IngressSpec
          ingressClassName:string? defaultBackend:IngressBackend? tls:[IngressTLS] rules:[IngressRule]
        IngressBackend
          service:IngressServiceBackend? resource:TypedLocalObjectReference?
        IngressServiceBackend
          name:string! port:ServiceBackendPort
        ServiceBackendPort
          name:string number:int
        IngressTLS
          hosts:[string] secretName:string
        IngressRule
          host:string http:HTTPIngressRule?
        HTTPIngressRule
          paths:[HTTPIngressPath]!
        HTTPIngressPath
          path:string pathType:string? backend:IngressBackend
        IngressStatus
          loadBalancer:LoadBalancerStatus
        IngressClass
          metadata:ObjectMeta spec:IngressClassSpec
        IngressClassSpec
          controller:string parameters:IngressClassParameters?
        IngressClassParameters
          apiGroup:string? kind:string! name:string! scope:string? namespace:string?
        NetworkPolicy
          metadata:ObjectMeta spec:NetworkPolicySpec
        NetworkPolicySpec
          podSelector:LabelSelector ingress:[NetworkPolicyIngressRule] egress:[NetworkPolicyEgressRule] policyTypes:[string]
        NetworkPolicyIngressRule
          ports:[NetworkPolicyPort] from:[NetworkPolicyPeer]
        NetworkPolicyEgressRule
          ports:[NetworkPolicyPort] to:[NetworkPolicyPeer]
        NetworkPolicyPort
          protocol:string? port:intstr? endPort:int?
        NetworkPolicyPeer
          podSelector:LabelSelector? namespaceSelector:LabelSelector? ipBlock:IPBlock?
        IPBlock
          cidr:string! except:[string]
        """
}
