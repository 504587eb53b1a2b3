#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Log sources: one event as each product writes it, and a rule in Sigma's words that must be true of
it. So the readers, the names of columns and content/tables/logsources are held together. All events
are made up; their form is that of the products' documentation."""
import json
import os

from harness import equal, findings, main, spoor, workspace

W3C = "#Software: {}\n#Version: 1.0\n#Date: 2021-03-02 10:11:12\n#Fields: {}\n{}\n"
IIS = "Microsoft Internet Information Services 10.0"
IIS_FIELDS = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status"
IIS_LINE = "2021-03-02 10:11:12 192.0.2.1 POST /owa/auth/a.aspx cmd=1 443 - 198.51.100.7 Mozilla/5.0+(X11) - 200"


def iis(line=IIS_LINE):
    return W3C.format(IIS, IIS_FIELDS, line)


def zeek(log, **fields):
    return json.dumps({"ts": 1614679872.5, "_path": log, "uid": "C1", "id.orig_h": "192.0.2.7", "id.orig_p": 50000,
                       "id.resp_h": "198.51.100.7", "id.resp_p": 80, **fields})


def zeek_table(log, **fields):
    fields = {"ts": "1614679872.5", "uid": "C1", "id.orig_h": "192.0.2.7", **fields}
    return ("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
            f"#path\t{log}\n#open\t2021-03-02-10-11-12\n#fields\t" + "\t".join(fields) + "\n#types\ttime"
            + "\tstring" * (len(fields) - 1) + "\n" + "\t".join(fields.values()) + "\n#close\t2021-03-02-10-11-13\n")


def sysmon_for_linux(event_id, **data):
    inner = "".join(f'<Data Name="{name}">{value}</Data>' for name, value in data.items())
    return ('Mar  2 10:11:12 host1 sysmon: <Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593-a8d3-4f13-b0d6-'
            f'01fc615a0f97}}"/><EventID>{event_id}</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0'
            '</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime="2021-03-02T10:11:12.000000000Z"/>'
            '<EventRecordID>1</EventRecordID><Correlation/><Execution ProcessID="1" ThreadID="1"/><Channel>Linux-Sysmon/'
            'Operational</Channel><Computer>host1</Computer><Security UserId="0"/></System><EventData>'
            f"{inner}</EventData></Event>\n")


def audit(*records):
    return "".join(f"type={kind} msg=audit(1614679872.123:7): {rest}\n" for kind, rest in records)


EXECVE = audit(
    ("SYSCALL", 'arch=c000003e syscall=59 success=yes exit=0 a0=55 a1=56 a2=57 a3=8 items=2 ppid=1 pid=2 auid=1000 uid=33 '
                'gid=33 euid=33 comm="nc" exe="/usr/bin/nc" key="k"'),
    ("EXECVE", 'argc=3 a0="nc" a1="-e" a2="/bin/sh"'), ("CWD", 'cwd="/tmp"'),
    ("PATH", 'item=0 name="/etc/ld.so.preload" inode=1 nametype=CREATE'))

CLOUDTRAIL = {"eventVersion": "1.08", "eventTime": "2021-03-02T10:11:12Z", "eventSource": "s3.amazonaws.com",
              "eventName": "PutBucketVersioning", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7",
              "userAgent": "S3 Browser/9.0", "userIdentity": {"type": "Root", "arn": "arn:aws:iam::1:root"},
              "requestParameters": {"bucketName": "b", "VersioningConfiguration": {"Status": "Suspended"}},
              "responseElements": None, "eventType": "AwsApiCall"}
AZURE_AUDIT = {"time": "2021-03-02T10:11:12Z", "resourceId": "/tenants/t/providers/Microsoft.aadiam",
               "operationName": "Add member to role", "category": "AuditLogs", "resultType": "",
               "properties": {"activityDisplayName": "Add member to role", "category": "RoleManagement",
                              "result": "success", "loggedByService": "Core Directory",
                              "targetResources": [{"displayName": "Global Administrator", "type": "Role",
                                                   "modifiedProperties": [{"displayName": "Role.DisplayName",
                                                                           "newValue": "\"Administrator\""}]}]}}
SIGN_IN = {"createdDateTime": "2021-03-02T10:11:12Z", "appDisplayName": "Portal", "userPrincipalName": "a@example.org",
           "ipAddress": "198.51.100.7", "userAgent": "BAV2ROPC", "authenticationRequirement": "singleFactorAuthentication",
           "conditionalAccessStatus": "success", "status": {"errorCode": 0, "failureReason": "Other."},
           "deviceDetail": {"deviceId": "", "isCompliant": False}}
M365 = {"CreationTime": "2021-03-02T10:11:12", "Id": "1", "Operation": "Set-Mailbox", "OrganizationId": "o",
        "RecordType": 1, "ResultStatus": "True", "UserType": 2, "Workload": "Exchange", "UserId": "a@example.org",
        "Parameters": [{"Name": "ForwardingSmtpAddress", "Value": "smtp:x@example.net"}]}
M365_ALERT = {"CreationTime": "2021-03-02T10:11:12", "Id": "2", "Operation": "AlertTriggered", "OrganizationId": "o",
              "RecordType": 40, "ResultStatus": "Succeeded", "Workload": "SecurityComplianceCenter",
              "UserId": "SecurityComplianceAlerts", "Name": "Impossible travel activity", "Status": "Active"}
GCP = {"protoPayload": {"serviceName": "storage.googleapis.com", "methodName": "storage.buckets.delete",
                        "authorizationInfo": [{"permission": "storage.buckets.delete", "granted": True}]},
       "resource": {"type": "gcs_bucket"}, "timestamp": "2021-03-02T10:11:12Z",
       "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity"}
OKTA = {"published": "2021-03-02T10:11:12.000Z", "eventType": "user.session.start", "displayMessage": "User login",
        "actor": {"alternateId": "a@example.org"}, "outcome": {"result": "SUCCESS"},
        "securityContext": {"isProxy": True}, "target": [{"displayName": "Admin Console"}],
        "debugContext": {"debugData": {"requestUri": "/admin"}}}
KUBERNETES = {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "1", "stage": "ResponseComplete",
              "verb": "create", "requestURI": "/api/v1/namespaces/kube-system/pods", "userAgent": "kubectl",
              "objectRef": {"resource": "pods", "namespace": "kube-system", "apiVersion": "v1"},
              "requestObject": {"spec": {"volumes": [{"hostPath": {"path": "/"}}]}},
              "requestReceivedTimestamp": "2021-03-02T10:11:12Z", "responseStatus": {"code": 403}}
SURICATA = {"timestamp": "2021-03-02T10:11:12.000000+0000", "flow_id": 1, "src_ip": "192.0.2.7", "src_port": 50000,
            "dest_ip": "198.51.100.7", "dest_port": 80, "proto": "TCP"}
PROCESS = {"@timestamp": "2021-03-02T10:11:12Z", "event": {"category": ["process"], "type": ["start"]},
           "process": {"executable": "/usr/bin/osascript", "args": ["osascript", "-e", "x"], "pid": 1,
                       "parent": {"executable": "/bin/zsh"}}}


def line(value):
    return json.dumps(value) + "\n"


def ecs(dataset, **more):
    return line({"@timestamp": "2021-03-02T10:11:12Z", "event": {"dataset": dataset}, **more})


# HttpProxy logs: a build of 2016 with the columns that tell, one of 2013 that has no UrlHost, and
# what Test-ProxyLogon.ps1 exported of them.
HTTPPROXY = ("DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,Protocol,UrlHost,UrlStem,"
             "AuthenticatedUser,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus,Method,UrlQuery")
HTTPPROXY_ROW = ('2021-03-03T05:11:31.123Z,1,15,1,2106,2,Ecp,mail.example.org,/ecp/y.js,,ServerInfo~a]@EX1.example.org:444/'
                 'ecp/x.ecp?#,"python, requests",198.51.100.7,EX1,241,POST,{}')
HTTPPROXY_2013 = HTTPPROXY.replace("UrlHost,", "").replace("ClientIpAddress", "clientipaddress")
HTTPPROXY_2013_ROW = HTTPPROXY_ROW.replace("mail.example.org,", "")
EXPORTED = ('#TYPE Selected.System.Management.Automation.PSCustomObject\n"DateTime","ClientIpAddress","UrlHost","UrlStem",'
            '"AnchorMailbox","HttpStatus"\n' + '"2021-03-03T05:11:31.123Z","198.51.100.7","h","/ecp/y.js","ServerInfo~a]@h/","200"\n' * 2)
RPS_HTTP = ("DateTime,StartTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,UrlHost,UrlStem,"
            "AuthenticatedUser,ClientIpAddress,ServerHostName,HttpStatus,ShellId,ClientInfo,UrlQuery")
RPS_HTTP_ROW = ("2021-08-12T05:11:31.123Z,2021-08-12T05:11:31.100Z,1,15,1,2176,2,h,/PowerShell,ORG\\EX1$,198.51.100.7,EX1,200,"
                "s,Microsoft WinRM Client,?X-Rps-CAT=VgEAVAdXaW5kb3dzQwBBCEtlcmJlcm9zTAVhbGljZVUIUy0xLTUtMTI")


ECP = "TimeStamp,ServerName,EventId,EventData"
ECP_ROW = ("2021-03-03T06:49:53.772Z,EX1,ECP.Request,\"S:TIME=9;'S:CMD=Set-OabVirtualDirectory.ExternalUrl=''http://f/<script "
           "a=\"\"b\"\">c;d</script>''.Identity=''1''';S:URL=/ecp/x;S:BLD=15.1.2106.2\"")


def exchange(log_type, fields, *rows):
    return (f"\ufeff{fields}\n#Software: Microsoft Exchange Server\n#Version: 15.01.2106.002\n#Log-type: {log_type}\n"
            f"#Date: 2021-03-03T05:00:00.000Z\n#Fields: {fields}\n" + "".join(row + "\n" for row in rows))


def winlog(event_id, **more):
    return {"@timestamp": "2021-03-03T05:11:31Z", "winlog": {"channel": "MSExchange Management", "provider_name":
            "MSExchange CmdletLogs", "event_id": event_id, "computer_name": "EX1", **more}}


SET_URL = '-ExternalUrl "http://f/<script>function Page_Load()</script>" -Identity "EX1\\OAB"'

SYSLOG = "Mar  2 10:11:12 host1 {}\n"

# (name, log source, conditions, the log's text)
CASES = [
    # ---- web servers and proxies
    ("IIS: a path in the query", {"category": "webserver"}, {"cs-uri-query|contains": "/owa/auth/a.aspx?cmd"}, iis()),
    ("IIS: the query alone", {"category": "webserver"}, {"cs-uri-query|startswith": "cmd="}, iis()),
    ("IIS: agent with blanks", {"category": "webserver"}, {"cs-user-agent": "Mozilla/5.0 (X11)"}, iis()),
    ("IIS: agent with plus", {"category": "webserver"}, {"cs-user-agent": "Mozilla/5.0+(X11)"}, iis()),
    ("IIS: no referer", {"category": "webserver"}, {"cs-referer": None, "sc-status": 200}, iis()),
    ("Apache", {"category": "webserver"},
     {"cs-uri-query|contains": "/a.php?x=", "cs-user-agent|contains": "curl", "cs-method": "GET", "sc-status": 404},
     '192.0.2.7 - - [02/Mar/2021:10:11:12 +0100] "GET /a.php?x=1 HTTP/1.1" 404 5 "-" "curl/7.74.0"\n' * 2),
    ("nginx, JSON", {"category": "webserver"}, {"cs-uri-query|contains": "/a.php?x", "cs-user-agent": "curl/7"},
     line({"time": "2021-03-02T10:11:12+00:00", "remote_addr": "192.0.2.7", "request_method": "GET",
           "request_uri": "/a.php?x=1", "status": 200, "http_user_agent": "curl/7"})),
    ("nginx through Filebeat", {"category": "webserver"}, {"cs-uri-query|contains": "/a.php?x=1", "cs-method": "GET"},
     ecs("nginx.access", url={"path": "/a.php", "query": "x=1"}, http={"request": {"method": "GET"}})),
    ("Zeek http as web server", {"category": "webserver"}, {"cs-uri-stem": "/a.php", "cs-uri-query": "/a.php?x=1"},
     zeek("http", method="GET", host="h", uri="/a.php?x=1", trans_depth=1)),
    ("Squid", {"category": "proxy"}, {"c-uri|startswith": "http://h.example", "cs-host": "h.example", "c-uri-extension": "exe",
                                      "sc-status": 200},
     "1614679872.123    200 192.0.2.7 TCP_MISS/200 5120 GET http://h.example/a.exe - HIER_DIRECT/198.51.100.7 text/html\n" * 2),
    ("Blue Coat", {"category": "proxy"},
     {"c-uri": "https://h.example/a.exe?x=1", "c-useragent": "a b", "r-dns": "h.example", "c-uri-extension": "exe"},
     W3C.format("SGOS 6.7.5", "date time c-ip cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query "
                "cs(User-Agent) sc-status s-action",
                '2021-03-02 10:11:12 192.0.2.7 GET https h.example 443 /a.exe ?x=1 "a b" 200 TCP_NC_MISS')),
    ("Zeek http as proxy", {"category": "proxy"}, {"c-uri": "http://h.example/a.exe", "c-useragent": "u", "dst_ip": "198.51.100.7"},
     zeek("http", method="GET", host="h.example", uri="/a.exe", user_agent="u", trans_depth=1)),
    ("Suricata http", {"category": "proxy"}, {"c-uri|endswith": "h.example/a.exe", "cs-host": "h.example", "src_ip|cidr": "192.0.2.0/24"},
     line({**SURICATA, "event_type": "http", "http": {"hostname": "h.example", "url": "/a.exe", "http_method": "GET"}})),
    ("CEF", {"category": "proxy"}, {"c-uri|contains": "/a.exe", "cs-method": "GET", "c-useragent": "u v"},
     "Mar  2 10:11:12 fw CEF:0|V|P|1|1|web|3|src=192.0.2.7 request=http://h/a.exe requestMethod=GET "
     "requestClientApplication=u v dhost=h\n"),
    ("ncsa with whole URLs", {"category": "proxy"}, {"r-dns": "h.example", "c-uri-stem": "/a"},
     '192.0.2.7 - - [02/Mar/2021:10:11:12 +0100] "GET http://h.example/a HTTP/1.1" 200 5 "-" "u"\n' * 2),
    # ---- Exchange
    ("HttpProxy", {"product": "exchange", "service": "httpproxy"},
     {"AnchorMailbox|startswith": "ServerInfo~", "HttpStatus": 241, "ProductVersion": "15.1.2106.2",
      "UserAgent": "python, requests"}, exchange("HttpProxy Logs", HTTPPROXY, HTTPPROXY_ROW)),
    ("HttpProxy as web server", {"category": "webserver"},
     {"cs-uri-query|contains": "/ecp/y.js?a=b", "c-ip": "198.51.100.7", "cs-host": "mail.example.org", "sc-status": 241},
     exchange("HttpProxy Logs", HTTPPROXY, HTTPPROXY_ROW.format("?a=b"))),
    ("HttpProxy of 2013", {"product": "exchange", "service": "httpproxy"}, {"ClientIpAddress": "198.51.100.7"},
     exchange("HttpProxy Logs", HTTPPROXY_2013, HTTPPROXY_2013_ROW)),
    ("HttpProxy of 2013 as web server", {"category": "webserver"}, {"c-ip": "198.51.100.7", "cs-uri-stem": "/ecp/y.js"},
     exchange("HttpProxy Logs", HTTPPROXY_2013, HTTPPROXY_2013_ROW)),
    ("HttpProxy, exported", {"product": "exchange", "service": "httpproxy"}, {"AnchorMailbox|startswith": "ServerInfo~"}, EXPORTED),
    ("HttpProxy, names alone", {"product": "exchange", "service": "httpproxy"},
     {"AnchorMailbox|startswith": "ServerInfo~", "ProductVersion": "15.1.2106.2"}, f"{HTTPPROXY}\n{HTTPPROXY_ROW}\n"),
    ("HttpProxy of 2013, names alone, as web server", {"category": "webserver"}, {"cs-uri-stem": "/ecp/y.js", "c-ip": "198.51.100.7"},
     f"{HTTPPROXY_2013}\n{HTTPPROXY_2013_ROW}\n"),
    ("Rps_Http, names alone", {"product": "exchange", "service": "rps-http"},
     {"ClientInfo": "Microsoft WinRM Client", "ImpersonatedUser": "alice"}, f"{RPS_HTTP}\n{RPS_HTTP_ROW}\n"),
    ("ECP Server, names alone", {"product": "exchange", "service": "ecp-server"}, {"Cmdlet": "Set-OabVirtualDirectory"},
     f"{ECP}\n{ECP_ROW}\n"),
    ("Rps_Http", {"product": "exchange", "service": "rps-http"},
     {"ClientInfo": "Microsoft WinRM Client", "ImpersonatedUser": "alice", "ImpersonatedSid": "S-1-5-12"},
     exchange("Rps Http Logs", RPS_HTTP, RPS_HTTP_ROW)),
    ("ECP Server", {"product": "exchange", "service": "ecp-server"},
     {"Cmdlet": "Set-OabVirtualDirectory", "Parameters.ExternalUrl": "http://f/<script a=\"b\">c;d</script>", "URL": "/ecp/x",
      "ProductVersion": "15.1.2106.2"},
     exchange("ECP Server Log", ECP, ECP_ROW)),
    ("ECP Activity", {"product": "exchange", "service": "ecp-activity"}, {"BLD": "15.1.2106.2", "URL|contains": "InboxRules"},
     exchange("ECP Activity Context Log", ECP, "2021-03-03T06:49:53.772Z,EX1,Request,S:PSA=a@example.org;S:URL=https://localhost:"
              "444/ecp/RulesEditor/InboxRules.svc;S:Bld=15.1.2106.2;Dbl:WLM.TS=16")),
    ("OABGeneratorLog", {"product": "exchange", "service": "oabgenerator"}, ["Download failed and temporary file"],
     "2021-03-03T05:11:31.123Z Download failed and temporary file 'C:\\inetpub\\x.aspx' needs to be removed\n" * 3),
    ("HTTPERR", {"product": "iis", "service": "httperr"}, {"s-reason": "BadRequest", "cs-uri": "/a"},
     W3C.format("Microsoft HTTP API 2.0", "date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid "
                "s-reason s-queuename", "2021-03-03 05:11:31 198.51.100.7 1 192.0.2.1 443 HTTP/1.1 GET /a 400 - BadRequest -")),
    ("MSExchange Management through Winlogbeat", {"product": "windows", "service": "msexchange-management"},
     {"Cmdlet": "Set-OabVirtualDirectory", "Parameters|startswith": " -ExternalUrl ", "Parameters.ExternalUrl|contains": "Page_Load"},
     line(winlog(1, event_data={"param1": "Set-OabVirtualDirectory", "param2": SET_URL}))),
    ("MSExchange Management as Message", {"product": "windows", "service": "msexchange-management"},
     {"Cmdlet": "Set-OabVirtualDirectory", "Parameters|startswith": " -ExternalUrl ", "Parameters.Identity": "EX1\\OAB",
      "Data|contains": "Cmdlet suceeded. Cmdlet Set-Oab"},
     line({"EventTime": "2021-03-03 05:11:31", "Hostname": "EX1", "EventID": 1, "SourceName": "MSExchange CmdletLogs",
           "Channel": "MSExchange Management", "Message": f"Cmdlet suceeded. Cmdlet Set-OabVirtualDirectory, parameters {SET_URL}."})),
    ("MSExchange Management as XML", {"product": "windows", "service": "msexchange-management"},
     {"Cmdlet": "Get-App", "Parameters": " -Identity \"x\"", "Data|contains": "Cmdlet failed. Cmdlet Get-App, "},
     '<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="MSExchange CmdletLogs"/>'
     '<EventID>6</EventID><TimeCreated SystemTime="2021-03-03T05:11:31Z"/><EventRecordID>1</EventRecordID>'
     '<Channel>MSExchange Management</Channel><Computer>EX1</Computer></System><EventData><Data>Get-App</Data>'
     '<Data>-Identity "x"</Data><Data>c</Data></EventData></Event></Events>\n'),
    ("MSExchange Management, keywords", {"product": "windows", "service": "msexchange-management"}, {"|all": ["Get-App", " -Identity "]},
     '<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="MSExchange CmdletLogs"/>'
     '<EventID>6</EventID><TimeCreated SystemTime="2021-03-03T05:11:31Z"/><EventRecordID>1</EventRecordID>'
     '<Channel>MSExchange Management</Channel><Computer>EX1</Computer></System><EventData><Data>Get-App</Data>'
     '<Data>-Identity "x"</Data><Data>c</Data></EventData></Event></Events>\n'),
    # ---- networks
    ("Zeek dns, table", {"product": "zeek", "service": "dns"}, {"query|endswith": ".onion.ws"},
     zeek_table("dns", proto="udp", query="a.onion.ws", qtype_name="A", answers="192.0.2.1,192.0.2.2")),
    ("Zeek dns", {"category": "dns"}, {"query": "h.example", "record_type": "TXT", "answer|contains": "IEX"},
     zeek("dns", trans_id=1, query="h.example", qtype_name="TXT", answers=["IEX x"])),
    ("Zeek JSON with underscores", {"product": "zeek", "service": "rdp"}, {"id.orig_h|cidr": "192.0.2.0/24"},
     line({"@stream": "rdp", "ts": 1614679872.5, "uid": "C", "id_orig_h": "192.0.2.7", "cookie": "a"})),
    ("Zeek dce_rpc", {"product": "zeek", "service": "dce_rpc"}, {"operation|startswith": "efs"},
     zeek("dce_rpc", endpoint="efsrpc", operation="EfsRpcOpenFileRaw")),
    ("Suricata dns", {"category": "dns"}, {"query": "h.example", "record_type": "A"},
     line({**SURICATA, "event_type": "dns", "dns": {"type": "query", "rrname": "h.example", "rrtype": "A"}})),
    ("BIND", {"category": "dns"}, {"query": "h.example", "record_type": "TXT"},
     SYSLOG.format("named[9]: client @0x1 192.0.2.7#5 (h.example): query: h.example IN TXT +E (192.0.2.1)")),
    ("dnsmasq", {"category": "dns"}, {"query": "h.example", "record_type": "A"},
     SYSLOG.format("dnsmasq[9]: query[A] h.example from 192.0.2.7")),
    ("Zeek conn", {"category": "firewall"}, {"dst_port": 80, "action": "accept", "src_ip": "192.0.2.7"},
     zeek("conn", proto="tcp", conn_state="SF")),
    ("Suricata flow", {"category": "firewall"}, {"dst_port": 80, "dst_ip": "198.51.100.7"},
     line({**SURICATA, "event_type": "flow", "flow": {"state": "closed"}})),
    ("Windows Firewall", {"category": "firewall"}, {"dst_port": 445, "action": "accept"},
     W3C.format("Microsoft Windows Firewall", "date time action protocol src-ip dst-ip src-port dst-port size",
                "2021-03-02 10:11:12 ALLOW TCP 192.0.2.7 198.51.100.7 50000 445 0")),
    ("netfilter", {"category": "firewall"}, {"dst_port": 23, "src_ip": "192.0.2.7"},
     SYSLOG.format("kernel: [12.3] IN=eth0 OUT= MAC=00 SRC=192.0.2.7 DST=198.51.100.7 LEN=60 PROTO=TCP SPT=5 DPT=23 WINDOW=1")),
    ("FortiGate traffic", {"category": "firewall"}, {"dst_port": 23, "action": "accept"},
     '<189>date=2021-03-02 time=10:11:12 devname="fw" devid="FG1" logid="0000000013" type="traffic" subtype="forward" '
     'level="notice" vd="root" srcip=192.0.2.7 srcport=5 dstip=198.51.100.7 dstport=23 action="accept"\n'),
    ("FortiGate event", {"product": "fortigate", "service": "event"}, {"action": "Add", "cfgpath": "system.admin"},
     '<189>date=2021-03-02 time=10:11:12 devname="fw" devid="FG1" logid="0100044547" type="event" subtype="system" '
     'level="information" vd="root" logdesc="x" user="a" action="Add" cfgpath="system.admin"\n'),
    ("NetFlow of Suricata", {"service": "netflow"}, {"destination.port": 80}, line({**SURICATA, "event_type": "netflow"})),
    ("Cisco command", {"product": "cisco", "service": "aaa"}, ["no logging"],
     "<189>77: *Mar  2 10:11:12.345: %PARSER-5-CFGLOG_LOGGEDCMD: User:a  logged command:no logging host 1\n"),
    ("Cisco BGP", {"product": "cisco", "service": "bgp"}, {"|all": [":179", "IP-TCP-3-BADAUTH"]},
     "<187>77: *Mar  2 10:11:12.345: %IP-TCP-3-BADAUTH: No MD5 digest from 192.0.2.1(179) to 192.0.2.2:179\n"),
    # ---- Linux and macOS
    ("Sysmon for Linux", {"product": "linux", "category": "process_creation"}, {"Image|endswith": "/nc", "CommandLine|contains": "-e"},
     sysmon_for_linux(1, Image="/usr/bin/nc", CommandLine="nc -e /bin/sh")),
    ("Sysmon for Linux, file", {"product": "linux", "category": "file_event"}, {"TargetFilename": "/etc/x"},
     sysmon_for_linux(11, Image="/usr/bin/nc", TargetFilename="/etc/x")),
    ("auditd as process", {"product": "linux", "category": "process_creation"},
     {"Image": "/usr/bin/nc", "CommandLine": "nc -e /bin/sh", "CurrentDirectory": "/tmp", "ProcessId": 2}, EXECVE),
    ("auditd as file", {"product": "linux", "category": "file_event"}, {"TargetFilename": "/etc/ld.so.preload"}, EXECVE),
    ("auditd", {"product": "linux", "service": "auditd"}, {"type": "EXECVE", "a0": "nc", "a1": "-e"}, EXECVE),
    ("auditd, system call", {"product": "linux", "service": "auditd"}, {"type": "SYSCALL", "SYSCALL": "execve", "euid": 33}, EXECVE),
    ("auditd, path", {"product": "linux", "service": "auditd"}, {"type": "PATH", "name": "/etc/ld.so.preload"}, EXECVE),
    ("linux, words", {"product": "linux"}, ["/etc/ld.so.preload"], EXECVE),
    ("sshd", {"product": "linux", "service": "sshd"}, ["fatal: bad thing"], SYSLOG.format("sshd[1]: fatal: bad thing")),
    ("sudo", {"product": "linux", "service": "sudo"}, {"USER": "#-*"},
     SYSLOG.format("sudo: bob : TTY=pts/0 ; PWD=/home/bob ; USER=#-1 ; COMMAND=/bin/sh")),
    ("cron", {"product": "linux", "service": "cron"}, ["REPLACE"], SYSLOG.format("crontab[1]: (root) REPLACE (root)")),
    ("auth", {"product": "linux", "service": "auth"}, {"|all": ["pkexec", "XAUTHORITY"]},
     SYSLOG.format("pkexec[1]: bob: The value for environment variable XAUTHORITY contains suspicious content")),
    ("ClamAV", {"category": "antivirus"}, {"Signature|contains": "Webshell", "Filename|endswith": ".php"},
     SYSLOG.format("clamd[1]: /srv/a.php: Php.Webshell.X FOUND")),
    ("macOS, Elastic", {"product": "macos", "category": "process_creation"},
     {"Image|endswith": "/osascript", "CommandLine|contains": " -e ", "ParentImage": "/bin/zsh"},
     line({**PROCESS, "host": {"os": {"type": "macos"}}})),
    ("macOS, eslogger", {"product": "macos", "category": "process_creation"}, {"Image|endswith": "/osascript", "CommandLine|contains": " -e "},
     line({"time": "2021-03-02T10:11:12Z", "event_type": 9, "process": {"executable": {"path": "/bin/zsh"}},
           "event": {"exec": {"target": {"executable": {"path": "/usr/bin/osascript"}}, "args": ["osascript", "-e", "x"]}}})),
    ("Linux, Elastic", {"product": "linux", "category": "process_creation"}, {"CommandLine": "osascript -e x"},
     line({**PROCESS, "host": {"os": {"type": "linux"}}})),
    ("Defender for Endpoint", {"product": "linux", "category": "process_creation"}, {"Image|endswith": "/nc", "ParentImage": "/bin/sh"},
     line({"Timestamp": "2021-03-02T10:11:12Z", "ActionType": "ProcessCreated", "FolderPath": "/usr/bin/nc",
           "ProcessCommandLine": "nc -e x", "InitiatingProcessFolderPath": "/bin/sh"})),
    ("Defender for Endpoint, Windows", {"product": "windows", "category": "process_creation"}, {"Image|endswith": "\\cmd.exe"},
     line({"Timestamp": "2021-03-02T10:11:12Z", "ActionType": "ProcessCreated", "ProcessCommandLine": "cmd /c x",
           "FolderPath": "C:\\Windows\\System32\\cmd.exe"})),
    # ---- clouds
    ("CloudTrail", {"product": "aws", "service": "cloudtrail"},
     {"eventSource": "s3.amazonaws.com", "eventName": "PutBucketVersioning", "requestParameters|contains": "Suspended",
      "userIdentity.type": "Root", "errorCode": None}, line({"Records": [CLOUDTRAIL]})),
    ("CloudTrail through Filebeat", {"product": "aws", "service": "cloudtrail"}, {"eventName": "DeleteTrail", "eventSource": "cloudtrail.amazonaws.com"},
     line({"@timestamp": "2021-03-02T10:11:12Z", "event": {
         "dataset": "aws.cloudtrail", "action": "DeleteTrail", "provider": "cloudtrail.amazonaws.com"}})),
    ("a console login through Filebeat", {"product": "aws", "service": "cloudtrail"},
     {"eventName": "ConsoleLogin", "additionalEventData.MFAUsed": "NO", "responseElements.ConsoleLogin": "Success"},
     line({"@timestamp": "2021-03-02T10:11:12Z", "event": {
         "dataset": "aws.cloudtrail", "action": "ConsoleLogin", "provider": "signin.amazonaws.com", "outcome": "success"},
         "aws": {"cloudtrail": {"console_login": {"additional_eventdata": {"mfa_used": False}}}}})),
    ("Azure audit, diagnostic", {"product": "azure", "service": "auditlogs"},
     {"properties.message": "Add member to role", "Category": "RoleManagement", "Status": "Success",
      "TargetResources|contains": "Administrator", "LoggedByService": "Core Directory",
      "TargetResources.ModifiedProperties.DisplayName": "Role.DisplayName"}, line(AZURE_AUDIT)),
    ("Azure audit, Graph", {"product": "azure", "service": "auditlogs"},
     {"OperationName": "Add member to role", "Category": "RoleManagement", "properties.targetResources|contains": "Administrator"},
     line({"activityDateTime": "2021-03-02T10:11:12Z", **AZURE_AUDIT["properties"]})),
    ("Azure sign-in, Graph", {"product": "azure", "service": "signinlogs"},
     {"ResultType": 0, "Status": "Success", "userAgent|contains": "BAV2ROPC", "AuthenticationRequirement": "singleFactorAuthentication",
      "DeviceDetail.isCompliant": "false", "DeviceDetail.trusttype": None}, line(SIGN_IN)),
    ("Azure sign-in, diagnostic", {"product": "azure", "service": "signinlogs"}, {"ResultType": 50053, "userAgent": "u"},
     line({"time": "2021-03-02T10:11:12Z", "operationName": "Sign-in activity", "category": "SignInLogs", "resultType": "50053",
           "properties": {"userAgent": "u", "status": {"errorCode": 50053}}})),
    ("Azure activity", {"product": "azure", "service": "activitylogs"}, {"operationName": "MICROSOFT.KEYVAULT/VAULTS/DELETE"},
     line({"time": "2021-03-02T10:11:12Z", "resourceId": "/SUBSCRIPTIONS/1", "category": "Administrative",
           "operationName": "MICROSOFT.KEYVAULT/VAULTS/DELETE"})),
    ("Azure risk", {"product": "azure", "service": "riskdetection"}, {"riskEventType": "anonymizedIPAddress"},
     line({"activityDateTime": "2021-03-02T10:11:12Z", "riskEventType": "anonymizedIPAddress", "riskLevel": "medium"})),
    ("Microsoft 365", {"product": "m365", "service": "audit"},
     {"Operation|contains": "Set-Mailbox", "Parameters|contains": "ForwardingSmtpAddress"}, line(M365)),
    ("Microsoft 365, CSV", {"product": "m365", "service": "audit"}, {"Operation": "Set-Mailbox", "Parameters|contains": "ForwardingSmtpAddress"},
     "RecordType,CreationDate,UserIds,Operations,AuditData\n" + 2 * (
         'ExchangeAdmin,2021-03-02T10:11:12,a,Set-Mailbox,"' + json.dumps(M365).replace('"', '""') + '"\n')),
    ("Microsoft 365, alert", {"product": "m365", "service": "threat_management"},
     {"eventSource": "SecurityComplianceCenter", "eventName": "Impossible travel activity", "status": "success"}, line(M365_ALERT)),
    ("GCP", {"product": "gcp", "service": "gcp.audit"},
     {"gcp.audit.method_name": "storage.buckets.delete", "data.protoPayload.authorizationInfo.granted": "true",
      "data.protoPayload.logName": "cloudaudit.googleapis.com%2Factivity"}, line(GCP)),
    ("Google Workspace, reports", {"product": "gcp", "service": "google_workspace.admin"},
     {"eventService": "admin.googleapis.com", "eventName": "DELETE_ROLE"},
     line({"kind": "admin#reports#activity", "id": {"time": "2021-03-02T10:11:12Z", "applicationName": "admin"},
           "events": [{"type": "X", "name": "DELETE_ROLE"}]})),
    ("Google Workspace, logging", {"product": "gcp", "service": "google_workspace.login"},
     {"protoPayload.serviceName": "login.googleapis.com", "protoPayload.metadata.event.eventName": "gov_attack_warning"},
     line({"protoPayload": {"serviceName": "login.googleapis.com", "methodName": "google.login.LoginService.govAttackWarning",
                            "metadata": {"event": [{"eventName": "gov_attack_warning"}]}},
           "timestamp": "2021-03-02T10:11:12Z", "logName": "organizations/1/logs/x"})),
    ("Okta", {"product": "okta", "service": "okta"},
     {"eventType": "user.session.start", "securityContext.isProxy": "true", "debugContext.debugData.requestUri|contains": "admin",
      "target.displayName": "Admin Console"}, line(OKTA)),
    ("OneLogin", {"product": "onelogin", "service": "onelogin.events"}, {"event_type_id": 3},
     line({"id": 1, "created_at": "2021-03-02T10:11:12.000Z", "event_type_id": 3})),
    ("GitHub", {"product": "github", "service": "audit"}, {"action": "repo.destroy"},
     line({"@timestamp": 1614679872000, "_document_id": "x", "action": "repo.destroy", "actor": "a", "org": "o"})),
    ("Bitbucket", {"product": "bitbucket", "service": "audit"}, {"auditType.category": "Auditing", "auditType.action": "x"},
     line({"timestamp": 1614679872000, "auditType": {"category": "Auditing", "action": "x"}})),
    ("Kubernetes", {"product": "kubernetes", "service": "audit"}, {"verb": "create", "objectRef.resource": "pods", "responseStatus.code": 403},
     line(KUBERNETES)),
    ("Kubernetes as application", {"product": "kubernetes", "category": "application", "service": "audit"},
     {"objectRef.namespace": "kube-system", "hostPath": "*"}, line(KUBERNETES)),
    ("Duo", {"product": "cisco", "service": "duo"}, {"event_type": "authentication", "reason": "bypass_user"},
     line({"isotimestamp": "2021-03-02T10:11:12+00:00", "event_type": "authentication", "reason": "bypass_user", "txid": "1"})),
    # ---- applications
    ("OpenCanary", {"product": "opencanary", "category": "application"}, {"logtype": 4002},
     line({"utc_time": "2021-03-02 10:11:12.0", "node_id": "n", "logtype": 4002, "dst_port": 22})),
    ("a framework's lines", {"product": "django", "category": "application"}, ["DisallowedHost"],
     "2021-03-02 10:11:12,123 ERROR Internal Server Error: /\nTraceback (most recent call last):\n"
     "django.core.exceptions.DisallowedHost: Invalid HTTP_HOST header\n2021-03-02 10:11:13,1 INFO ok\n"),
    ("ClamAV's own log", {"category": "antivirus"}, {"Signature|startswith": "Php.Webshell", "Filename": "/srv/b.php"},
     "Tue Mar  2 10:11:12 2021 -> /srv/b.php: Php.Webshell.X FOUND\nTue Mar  2 10:11:13 2021 -> SelfCheck: ok\n"),
    ("vsftpd's own log", {"product": "linux", "service": "vsftpd"}, ["Connection refused: tcp_wrappers denial."],
     'Tue Mar  2 10:11:12 2021 [pid 1] CONNECT: Client "192.0.2.7", "Connection refused: tcp_wrappers denial."\n' * 2),
    ("the journal", {"product": "linux", "service": "sshd"}, ["fatal: bad thing"],
     "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1614679872000000\n_HOSTNAME=h\nSYSLOG_IDENTIFIER=sshd\n_PID=1\n"
     "MESSAGE=fatal: bad thing\n\n"),
    ("a framework's JSON", {"product": "jvm", "category": "application"}, ["java.lang.ProcessBuilder"],
     line({"timestamp": "2021-03-02T10:11:12Z", "level": "ERROR", "message": "at java.lang.ProcessBuilder.start"})),
    ("a container's log", {"product": "spring", "category": "application"}, ["RequestRejectedException"],
     line({"log": "RequestRejectedException: x\n", "stream": "stderr", "time": "2021-03-02T10:11:12Z"})),
    ("PostgreSQL", {"category": "database"}, ["drop"],
     SYSLOG.format("postgres[1]: LOG:  statement: drop table a")),
    ("Apache's errors", {"service": "apache"}, ["exit signal Segmentation Fault"],
     "[Tue Mar 02 10:11:12.123456 2021] [core:notice] [pid 1] AH00052: child pid 9 exit signal Segmentation Fault (11)\n"),
    ("Qualys", {"product": "qualys"}, {"host.scan.vuln": 10693},
     line({"QID": 10693, "Title": "x", "IP": "192.0.2.1", "Severity": 5})),
]


def rule_text(number, source, conditions):
    return json.dumps({"title": f"case {number}", "id": f"{number:08x}-0000-4000-8000-000000000000", "logsource": source,
                       "level": "high", "detection": {"s": conditions, "condition": "s"}})


def test_each_product_is_judged():
    with workspace() as folder:
        logs, rules = os.path.join(folder, "logs"), os.path.join(folder, "rules")
        os.mkdir(logs)
        os.mkdir(rules)
        for number, (_, source, conditions, text) in enumerate(CASES):
            with open(os.path.join(logs, f"{number:03}.log"), "w", encoding="utf-8") as file:
                file.write(text)
            with open(os.path.join(rules, f"{number:03}.yml"), "w", encoding="utf-8") as file:
                file.write(rule_text(number, source, conditions))
        case = os.path.join(folder, "a.case")
        spoor("scan", logs, "-o", case, "--no-content", "-r", rules)
        found = {(f["rule"]["title"], os.path.basename(path)) for f in findings(case) for path in f["evidence"]["paths"]}
        missing = [name for number, (name, *_) in enumerate(CASES)
                   if (f"case {number}", f"{number:03}.log") not in found]
        equal(missing, [], "cases without a finding")


if __name__ == "__main__":
    main([test for name, test in sorted(globals().items()) if name.startswith("test_")])
