Name                            : OAB (Default Web Site)
PollInterval                    : 480
OfflineAddressBooks             : 
InternalUrl                     : https://ex01.corp.example.com/OAB
InternalAuthenticationMethods   : WindowsIntegrated
ExternalUrl                     : http://f/<script language="JScript" runat="server">function Page_Load(){/* spoor: an inert stand-in; nothing; here; runs */}</script>
ExternalAuthenticationMethods   : WindowsIntegrated
ExtendedProtectionTokenChecking : None
MetabasePath                    : IIS://EX01.corp.example.com/W3SVC/1/ROOT/OAB
Identity                        : EX01\OAB (Default Web Site)
