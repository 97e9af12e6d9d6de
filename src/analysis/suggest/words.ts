/** As they stand in the table below, between commas. */
const listed = (text: string): readonly string[] => text.split(',').map((word) => word.trim());

/**
 * Words that mark what nobody should get without a person, by kind and in several languages. They are held against names,
 * types, tags and paths without accents and case. Six letters and more are found inside other words too
 * (`Gehaltsabrechnung`), four and five at the beginning or the end of one (`Domainadmin`, not `Zentrale`), shorter ones alone (`dc-01`, not `wdc`). Too many are protected rather than too few: what is protected
 * wrongly is one line for a person to take out.
 */
export const SENSITIVE_WORDS = {
  'identity-and-tier-0': listed(`
    domain controller, domain admin, active directory, directory service, tier 0, t0, dc, adds, adfs, ldap,
    kerberos, krbtgt, entra, okta, keycloak, sso, idp, iam, pam, identity, identität, identité, identidad,
    identidade, identità, domänencontroller, domänenadmin, verzeichnisdienst, annuaire, contrôleur de domaine,
    controlador de dominio, controlador de domínio, controller di dominio, domeincontroller, kontroler domeny,
    crown jewel, kronjuwel, forest root
  `),
  'keys-and-secrets': listed(`
    vault, secret, password, passwort, kennwort, mot de passe, contraseña, senha, wachtwoord, hasło,
    credential, private key, api key, schlüssel, certificate, zertifikat, certificat, certificado, certificato,
    certyfikat, pki, ca, hsm, kms, token, tresor, coffre fort, signing, signatur, crypto, krypto,
    service account, dienstkonto, cuenta de servicio, compte de service, svc
  `),
  'security-and-recovery': listed(`
    firewall, brandmauer, pare feu, cortafuegos, waf, siem, edr, xdr, soc, ids, ips, antivirus, virenscanner,
    audit, forensic, backup, bkp, sicherung, datensicherung, sauvegarde, respaldo, copia de seguridad,
    salvataggio, kopie zapasowe, recovery, wiederherstellung, hypervisor, vcenter, vsphere, esx, esxi, hyper v,
    proxmox, nutanix, bastion, jump host, jumphost, sprungserver, vpn, router, core switch, backbone,
    load balancer, dns, dhcp, security, sicherheit, sécurité, seguridad, segurança, sicurezza, beveiliging,
    bezpieczeństwo, monitoring, überwachung
  `),
  production: listed(`
    prod, prd, production, produktion, produktiv, productive, productie, producción, produção, produzione,
    produkcja, live, wirkbetrieb, echtbetrieb, en vivo, esercizio, critical, kritisch, krit, crit, critique,
    crítico, crítica, critico, kritiek, krytyczny, high, hoch, haute, alta, alto, mission, business critical,
    hochverfügbar
  `),
  'money-and-business': listed(`
    payroll, salary, gehalt, lohn, lohnabrechnung, salaire, paie, nómina, nomina, salario, stipendi, salaris,
    płace, finance, finanz, finanzen, financier, finanzas, finanças, buchhaltung, accounting, comptabilité,
    contabilidad, contabilidade, contabilità, boekhouding, księgowość, payment, zahlung, paiement, pago,
    pagamento, betaling, płatność, bank, banque, banco, swift, sepa, treasury, tesorería, trésorerie, invoice,
    rechnungswesen, facture, factura, fatura, billing, abrechnung, procurement, einkauf, sap, erp, ledger,
    hauptbuch, tax, steuer, iban, credit card, kreditkarte
  `),
  'personal-and-confidential': listed(`
    pci, pci dss, sox, hipaa, hitrust, kritis, nis 2, iso 27001, glba, itar, regulated, reguliert, regulado,
    hr, human resources, personal, personnel, personalabteilung, recursos humanos, ressources humaines,
    risorse umane, kadry, employee, mitarbeiterdaten, gdpr, dsgvo, rgpd, pii, phi, personenbezogen,
    datenschutz, privacy, confidential, vertraulich, confidentiel, confidencial, riservato, vertrouwelijk,
    poufne, geheim, restricted, beschränkt, sensitive, sensibel, sensible, sensibile, gevoelig, legal,
    rechtsabteilung, juridique, jurídico, customer, kundendaten, clientes, patient, paciente, paziente,
    pacjent, medical, medizin, médical, clinical, krankenakte, dossier médical, pacs, ehr, emr, executive,
    vorstand, geschäftsführung, direction générale
  `),
  'plants-and-emergencies': listed(`
    scada, plc, sps, ics, ot, dcs, hmi, leitstand, leitsystem, safety, interlock, turbine, reactor, reaktor,
    emergency, notfall, urgence, emergencia, emergência, emergenza, noodgeval, break glass, breakglass, robot,
    steuerung
  `),
  administration: listed(`
    admin, administrator, administrateur, administrador, amministratore, beheerder, verwaltung, root,
    superuser, sudo, privileged, privilegiert, privilégié, privilegiado, schema, sysadmin, dba, master
  `),
} as const satisfies Record<string, readonly string[]>;

export type SensitiveKind = keyof typeof SENSITIVE_WORDS;
export const SENSITIVE_KINDS = Object.keys(SENSITIVE_WORDS) as SensitiveKind[];

/** From so many letters on a word is found inside others, and from so many at the beginning and the end of others. */
export const INSIDE = 6;
export const AT_THE_ENDS = 4;

/**
 * Values of tags that take back what the key of the tag says: `criticality=low` marks nothing. What lies in the middle takes nothing
 * back.
 */
export const HARMLESS_VALUES: readonly string[] = [
  ...[
    'no',
    'none',
    'false',
    'off',
    '0',
    'n',
    'na',
    'nein',
    'keine',
    'kein',
    'keiner',
    'non',
    'aucun',
    'aucune',
    'ninguno',
    'ninguna',
    'nao',
    'nenhum',
  ],
  ...[
    'nessuno',
    'nessuna',
    'nee',
    'geen',
    'nie',
    'brak',
    'low',
    'minimal',
    'minor',
    'gering',
    'niedrig',
    'faible',
    'basse',
    'bas',
    'bajo',
    'baja',
  ],
  ...[
    'baixo',
    'baixa',
    'basso',
    'bassa',
    'laag',
    'niski',
    'public',
    'offentlich',
    'publico',
    'publica',
    'pubblico',
    'openbaar',
    'publiczny',
  ],
  ...[
    'dev',
    'development',
    'entwicklung',
    'test',
    'testing',
    'sandbox',
    'lab',
    'training',
    'schulung',
    'demo',
    'disabled',
    'unclassified',
  ],
];

/**
 * The most telling of them, as patterns: for what a vault will hold tomorrow. All words would cost each run more than the rest of
 * the policy; what stands in the vault today is found by all of them and protected by a row of its own.
 */
export const TOMORROW = {
  'identity-and-tier-0': [
    'domain?controller',
    'domaincontroller',
    'domänencontroller',
    'directory',
    'tier?0',
    'krbtgt',
  ],
  'keys-and-secrets': ['vault', 'secret', 'passw', 'kennwort', 'certificat', 'zertifikat', 'pki'],
  'security-and-recovery': [
    'firewall',
    'backup',
    'sicherung',
    'sauvegarde',
    'hypervisor',
    'esxi',
    'siem',
    'security',
    'sicherheit',
  ],
  production: ['prod', 'prd', 'kritisch', 'critical'],
  'money-and-business': ['payroll', 'salar', 'gehalt', 'lohn', 'financ', 'finanz', 'payment', 'zahlung', 'buchhaltung'],
  'personal-and-confidential': ['personal', 'patient', 'confiden', 'vertraulich', 'dsgvo', 'gdpr', 'restricted'],
  'plants-and-emergencies': ['scada', 'safety', 'emergenc', 'notfall', 'break?glass'],
  administration: ['admin', 'privileg', 'superuser'],
} as const satisfies Readonly<Record<SensitiveKind, readonly string[]>>;
