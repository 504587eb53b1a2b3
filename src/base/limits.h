/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every limit on what evidence, rules and messages may ask for, side by side.
 *
 * Reaching one is never silent: it becomes a gap, a rejected rule or an error that names the limit.
 */
#pragma once

/* Evidence */
#define LIMIT_EVENT_COLUMNS	512	   /* columns of one shape */
#define LIMIT_VALUE_BYTES	(1u << 20) /* text of one value, rendered */
#define LIMIT_EVENT_JSON_BYTES	(2u << 20) /* one event rendered as JSON */
#define LIMIT_WALK_DEPTH	64	   /* folders below an evidence folder */
#define LIMIT_GAPS_PER_EVIDENCE 1000	   /* further ones are counted, not listed */

/* Archives */
#define LIMIT_ARCHIVE_DEPTH	 4	       /* archives inside each other */
#define LIMIT_ARCHIVE_BYTES	 (64ull << 30) /* expanded, of one file and all archives in it */
#define LIMIT_ARCHIVE_RATIO	 1000	       /* expanded to packed bytes ... */
#define LIMIT_ARCHIVE_RATIO_FROM (64u << 20)   /* ... once there are so many expanded ones */
#define LIMIT_ARCHIVE_MEMBERS	 65536	       /* of one archive that some reader knows */
#define LIMIT_ARCHIVE_FILES	 262144	       /* of one archive that none knows, as files */
#define LIMIT_ARCHIVE_NAME_BYTES 1024	       /* of a member's name; longer ones are cut */
#define LIMIT_SPOOL_AHEAD	 (4ull << 30)  /* expanded bytes that wait for their turn */

/* Files as evidence: those up to a MiB are read into memory, up to 256 MiB mapped, others streamed
 * past: their content is not judged. */
#define LIMIT_FILE_BUFFER_BYTES	   (1u << 20)
#define LIMIT_FILE_CONTENT_BYTES   (256u << 20)
#define LIMIT_LOG_CONTENT_BYTES	   (64u << 20) /* ... nor that of logs of more than this */
#define LIMIT_FILE_TYPES	   4096	       /* rows of the table of file types */
#define LIMIT_FILE_TYPE_TESTS	   8	       /* of one row */
#define LIMIT_FILE_TYPE_BYTES	   96	       /* that one test compares */
#define LIMIT_FILE_TYPE_WITHIN	   (64u << 10) /* how far behind its first place a test looks */
#define LIMIT_FILE_TEXT_BYTES	   4096	       /* characters of text that types are looked for in */
#define LIMIT_FILE_DIRECTORY_BYTES (64u << 10) /* of a compound file's directory, likewise */
#define LIMIT_FILE_ZIP_BYTES	   (256u << 10) /* of a ZIP archive's, likewise */

/* PE images */
#define LIMIT_PE_SECTIONS	   256 /* the Windows loader takes 96 */
#define LIMIT_PE_LIBRARIES	   4096
#define LIMIT_PE_IMPORTS	   65536      /* functions of all libraries */
#define LIMIT_PE_IMPORT_TEXT_BYTES (8u << 20) /* that the import hash is taken of */
#define LIMIT_PE_RESOURCES	   65536      /* entries looked at for the version */
#define LIMIT_PE_SIGNATURE_BYTES   (1u << 20) /* of one signature, certificates included */
#define LIMIT_PE_CERTIFICATES	   256	      /* of one signature */

/* Text logs */
#define LIMIT_LINE_BYTES	(8u << 20)  /* of one line; the rest is passed over */
#define LIMIT_HEADER_LINE_BYTES (64u << 10) /* of a line that says how others are read */
#define LIMIT_LINE_PLACES	4096 /* remembered of one file, to find lines in its middle */
#define LIMIT_LINE_MEMOS	64   /* files of which that is remembered */
#define LIMIT_BROKEN_LINES_TOLD 8    /* of one task, one by one; further ones are counted */
#define LIMIT_LIST_ITEMS	4096 /* of one value; longer ones stay one text */
#define LIMIT_RECORD_LINES	4096 /* of one record that spans lines */
#define LIMIT_SETUP_RUN_BYTES                                                                      \
	(1u << 20) /* of a run of Exchange's setup, in which it says what it is */
#define LIMIT_LIST_OBJECT_BYTES (8u << 20) /* text of one object that Format-List wrote */
#define LIMIT_TASK_COLUMNS	256 /* fields of one task beside those that its reader knows */
#define LIMIT_JSON_DEPTH	64
#define LIMIT_JSON_FIELDS	4096  /* of one object, nested ones included */
#define LIMIT_JSON_VALUES	65536 /* of one object, those in arrays included */
#define LIMIT_JSON_UNFOLD	3     /* objects in strings in each other */
#define LIMIT_JSON_NAME_BYTES	1024  /* of a field's name, with all it is nested in */
#define LIMIT_JSON_SHAPES	2048  /* of one task; one more for each 256 events */
#define LIMIT_JSON_NAMES	65536 /* and their bytes, before they are learnt anew: */
#define LIMIT_JSON_NAMES_BYTES	(32u << 20)
#define LIMIT_JSON_MAP_BYTES	(64u << 20) /* of columns by name, and of shapes, likewise */

/* Unix logs, and events as XML */
#define LIMIT_EVENT_VALUES	  16384	      /* values of one event, those of lists one by one */
#define LIMIT_COLUMN_NAME_BYTES	  256	      /* a field's name that the evidence itself gives */
#define LIMIT_RECORD_BYTES	  (64u << 10) /* from the first line of a record to its last */
#define LIMIT_AUDIT_SPAN_BYTES	  (64u << 10) /* between two records of one audit event */
#define LIMIT_AUDIT_EVENT_BYTES	  (1u << 20)  /* of the records of one audit event */
#define LIMIT_AUDIT_ARGUMENTS	  32	      /* of one command that are columns */
#define LIMIT_XML_EVENT_BYTES	  (1u << 20)  /* one event as XML */
#define LIMIT_XML_TAG_BYTES	  4096	      /* its start tag */
#define LIMIT_XML_DEPTH		  32
#define LIMIT_XML_NODES		  8192	      /* elements and attributes of one event */
#define LIMIT_XML_NAMES		  65536	      /* different field names that a reader keeps */
#define LIMIT_JOURNAL_FIELD_BYTES (8u << 20)  /* by which a field may outlast the evidence */
#define LIMIT_JOURNAL_ENTRY_BYTES (16u << 20) /* of one entry that are kept */

/* XML documents: configuration, exported objects */
#define LIMIT_MARKUP_DEPTH	     96		/* elements in each other */
#define LIMIT_MARKUP_TAG_BYTES	     (1u << 20) /* of one start tag, attributes included */
#define LIMIT_MARKUP_SHAPES	     1024 /* sets of columns of one task; one more for 256 events */
#define LIMIT_CONFIG_ATTRIBUTES	     256  /* of one element */
#define LIMIT_CONFIG_OUTER	     64	  /* attributes of outer elements that an event has, ... */
#define LIMIT_CONFIG_OUTER_BYTES     2048 /* ... and their bytes */
#define LIMIT_CONFIG_PATH_BYTES	     1024 /* of the names of outer elements */
#define LIMIT_CLIXML_OBJECT_BYTES    (8u << 20)	 /* of the texts of one object */
#define LIMIT_CLIXML_REFERENCES	     65536	 /* types, and objects, that others refer to */
#define LIMIT_CLIXML_REFERENCE_BYTES (16u << 20) /* of what these say of themselves */

/* EVTX */
#define LIMIT_BINXML_DEPTH	  32	       /* elements, templates and fragments in each other */
#define LIMIT_BINXML_NODES	  4096	       /* elements and attributes of one record */
#define LIMIT_EVTX_SUBSTITUTIONS  1024	       /* values of one template instance */
#define LIMIT_EVTX_LIST_ITEMS	  1024	       /* elements of one array value */
#define LIMIT_EVTX_NAME_UNITS	  1024	       /* UTF-16 units of one name */
#define LIMIT_EVTX_EXPANDED_BYTES (256u << 10) /* one record without template, values in place */
#define LIMIT_EVTX_CHUNK_WORK	  (16u << 20)  /* bytes made from one chunk of 64 KiB */
#define LIMIT_EVTX_LIBRARY_BYTES  (64u << 20)  /* of templates; and of what is made from them */
#define LIMIT_EVTX_SAME_TEMPLATE  16	       /* templates with the same id that recovery tries */
#define LIMIT_EVTX_TEMPLATES	  8192	       /* in the library of a run */
#define LIMIT_EVTX_TEMPLATE_BYTES 65536	       /* definition of one template */
#define LIMIT_SHAPES		  4096	       /* shapes a reader keeps before it starts anew */

/* Observations */
#define LIMIT_OBSERVATIONS	     16384 /* rows of one task, and of one piece of evidence */
#define LIMIT_OBSERVATION_BYTES	     1024  /* of a subject or value; longer ones are cut */
#define LIMIT_OBSERVATION_KIND_BYTES 64
#define LIMIT_OBSERVATION_SUBJECTS   8 /* fields that one rule looks for the subject in */

/* Rules */
#define LIMIT_RULE_FILE_BYTES	 (4u << 20)
#define LIMIT_RULE_YAML_DEPTH	 32
#define LIMIT_RULE_YAML_NODES	 65536 /* of one document; aliases are counted expanded */
#define LIMIT_RULE_YAML_TAGS	 64 /* %TAG directives of a file: libyaml compares all with all */
#define LIMIT_RULE_VALUES	 16384 /* values of one rule, after modifiers spread them */
#define LIMIT_RULE_VALUE_BYTES	 65536
#define LIMIT_RULE_REGEXES	 256 /* regular expressions of one rule */
#define LIMIT_CONDITION_TOKENS	 4096
#define LIMIT_CONDITION_DEPTH	 64
#define LIMIT_CONDITION_STEPS	 (16u << 20) /* names and characters compared to find selections */
#define LIMIT_RULE_TREE_DEPTH	 256	     /* of the tree that a rule becomes */
#define LIMIT_FINDING_MATCHES	 64	     /* reasons given for one finding */
#define LIMIT_MATCH_VALUE_BYTES	 4096	     /* text of one value in them */
#define LIMIT_CONDITION_NODES	 65536 /* of its tree; a selection counts wherever it is named */
#define LIMIT_RULES		 200000
#define LIMIT_LATE_RULES	 (1u << 30)	     /* indicators that can be found */
#define LIMIT_LATE_RULES_FOUND	 LIMIT_RULES	     /* that are found in one run */
#define LIMIT_FILTER_STEPS	 (64u << 20)	     /* rules looked at for all filters */
#define LIMIT_FILTER_NODES	 (4u << 20)	     /* that filters add to the trees of rules */
#define LIMIT_FACT_INPUTS	 LIMIT_EVENT_COLUMNS /* columns that one fact is made of */
#define LIMIT_ACCESS_TOKEN_BYTES 4096 /* of a token in a query; the rest is not looked at */
#define LIMIT_LOGSOURCE_CHOICES	 256  /* alternatives times names of one entry of a table */
#define LIMIT_REGEX_MEMORY_BYTES                                                                   \
	(16u << 20) /* automaton of one regular expression; with 8 MiB .{1000,} thrashes */
#define LIMIT_SIGMA_BINDING_BYTES                                                                  \
	(256u << 20)	       /* of rules bound to shapes, before they are bound anew */
#define LIMIT_WINDASH_DASHES 5 /* dashes of one value that are permuted */

/* STIX patterns */
#define LIMIT_STIX_PATTERN_BYTES    (1u << 20)
#define LIMIT_STIX_DEPTH	    64	  /* parentheses and qualifiers in each other */
#define LIMIT_STIX_NODES	    65536 /* comparisons, values and steps of paths of a pattern */
#define LIMIT_STIX_PATH_STEPS	    32
#define LIMIT_STIX_TYPES	    16		  /* object types of a pattern */
#define LIMIT_STIX_REGEXES	    512		  /* of a pattern; a LIKE counts for two */
#define LIMIT_STIX_CHOICES	    4096	  /* of objects of one observation */
#define LIMIT_STIX_STEPS	    (64ull << 20) /* of work to join one pattern */
#define LIMIT_STIX_FRONT_PAIRS	    (4u << 20)	  /* of times that are compared at once */
#define LIMIT_STIX_FRONT_TRIES	    64		  /* bindings looked at before searching */
#define LIMIT_STIX_SEARCH_EVENTS    512		  /* of a binding that is searched for */
#define LIMIT_STIX_PATTERNS	    20000	  /* that are judged on events */
#define LIMIT_STIX_EXPRESSION_BYTES (64u << 10)	  /* of an observation expression, encoded */
#define LIMIT_STIX_FINDINGS	    100		  /* of one pattern over several events */
#define LIMIT_STIX_PARTS	    256		  /* observations in [brackets] */
#define LIMIT_STIX_BINDING	    65536 /* events that one pattern asks for, with REPEATS */
/* Intelligence */
#define LIMIT_INTEL_FILE_BYTES	     (4ull << 30)  /* of one file */
#define LIMIT_INTEL_BYTES	     (16ull << 30) /* of all, as far as they get memory */
#define LIMIT_INTEL_MEMORY_FACTOR    4ull  /* times that size: mapped, and what is made of it */
#define LIMIT_INTEL_SOURCES	     65536 /* files of one run */
#define LIMIT_INTEL_NOTES_PER_SOURCE 1000  /* that are told; all are counted */
#define LIMIT_INTEL_NOTES	     50000 /* likewise, of all sources */
#define LIMIT_INTEL_NOTE_BYTES	     4096  /* of a text in one */
#define LIMIT_INTEL_CHECK_RULES	     1000  /* that one value is found as */
#define LIMIT_PDFS		     1024  /* PDF files that are turned to text */
#define LIMIT_TOOL_SECONDS	     60	   /* that a program takes which does so */
#define LIMIT_TOOL_MEMORY_BYTES	     (2ull << 30)
#define LIMIT_TOOL_OUTPUT_BYTES	     (512ull << 20) /* of all of them together */
#define LIMIT_STORE_PIECE_BYTES	     (1u << 20)	    /* of a compiled store, in one message */
#define LIMIT_STORE_BYTES	     LIMIT_INTEL_FILE_BYTES

/* YARA */
#define LIMIT_YARA_FILE_SECONDS	    60		/* judging one file by all rules */
#define LIMIT_YARA_CULPRITS	    16		/* rules that are switched off for one file */
#define LIMIT_YARA_MATCH_BYTES	    256		/* shown of what a string found */
#define LIMIT_YARA_STRINGS_PER_RULE 10000	/* of one rule: libyara's own */
#define LIMIT_YARA_IMPORTS	    64		/* of one file of rules */
#define LIMIT_YARA_ATTEMPTS	    16		/* to compile what is left of a file with errors */
#define LIMIT_YARA_TRIAL_BYTES	    (64u << 20) /* compiled to find the rules at fault */
#define LIMIT_YARA_REFERENCE_STEPS  (16u << 20) /* rules compared with name* in conditions */
/* Indicators */
#define LIMIT_INDICATORS	    (1u << 26)	 /* of one store */
#define LIMIT_INDICATOR_VALUE_BYTES 4096	 /* of one; longer ones are rejected */
#define LIMIT_INDICATOR_STORE_BYTES (3ull << 30) /* of values, and of texts, of one store */
#define LIMIT_INDICATOR_STORES	    16		 /* that are searched side by side */
#define LIMIT_INDICATOR_SETS	    65536	 /* kinds of one source each, of one store */
#define LIMIT_INDICATOR_PARTS	    32		 /* sources of one indicator that are told */
#define LIMIT_INDICATOR_TEXT_BYTES  (16u << 10)	 /* of what one says of it: longer ones are cut */
#define LIMIT_INDICATOR_TOLD_BYTES  (256u << 10) /* of the sources of one that are told */
#define LIMIT_INDICATOR_PATTERNS    65536	 /* regular expressions on paths */
#define LIMIT_INDICATOR_FINDINGS    1024	 /* of one event; further ones are a gap */

/* Correlations */
#define LIMIT_CORRELATION_PARTS	     256 /* rules that one refers to */
#define LIMIT_CORRELATION_VALUES     32	 /* group-by, fields and what is carried, in all */
#define LIMIT_CORRELATION_CONDITIONS 8
#define LIMIT_CORRELATION_NAME_BYTES 1024
#define LIMIT_CORRELATION_BYTES	     (1u << 20)	   /* of one, encoded */
#define LIMIT_CORRELATION_SECONDS    3155695200ull /* of a timespan: 100 years */
#define LIMIT_CORRELATION_DEPTH	     32		   /* correlations over correlations */
#define LIMIT_HIT_VALUE_BYTES	     4096	   /* of one value; longer ones end in a hash */
#define LIMIT_HITS_PER_EVENT	     64		   /* for one part of a correlation */

/* Correlating (coordinator/correlation/) */
#define LIMIT_CORRELATION_WINDOW_HITS  (1u << 19) /* of one group within one timespan */
#define LIMIT_CORRELATION_WINDOW_BYTES (1u << 28) /* that these hold: values may be long */
#define LIMIT_CORRELATION_LISTED       50	  /* events that a finding lists for each rule */

/* Intelligence: documents */
#define LIMIT_INTEL_TEXT_BYTES	    4096 /* of a title, description …; longer ones are cut */
#define LIMIT_INTEL_REFERENCES	    8	 /* URLs of one indicator */
#define LIMIT_STIX_OBJECTS	    (1u << 20)	/* of one file, relationships not counted */
#define LIMIT_STIX_LINKS	    (1u << 21)	/* of one file: relationships, parts of reports */
#define LIMIT_STIX_RELATED	    8		/* objects that are looked at for one indicator */
#define LIMIT_STIX_REFERENCE_BYTES  4096	/* of what an object says of its indicators */
#define LIMIT_STIX_BUNDLE_DEPTH	    4		/* bundles and lists in each other */
#define LIMIT_STIX_UNKNOWN_TYPES    64		/* told by name */
#define LIMIT_OPENIOC_BYTES	    (64u << 20) /* of one file */
#define LIMIT_OPENIOC_DEPTH	    48		/* elements in each other */
#define LIMIT_OPENIOC_NODES	    65536	/* of one document */
#define LIMIT_OPENIOC_TEXT_BYTES    65536	/* of one element */
#define LIMIT_OPENIOC_PATTERN_BYTES (1u << 20)	/* that one AND becomes */

/* Intelligence: what is made of it */
#define LIMIT_INTEL_VALUE_BYTES	  8192	     /* of one indicator that is no STIX pattern */
#define LIMIT_CLAIM_NOTES	  10000	     /* of one kind told of one source; more are counted */
#define LIMIT_CLAIM_NOTE_BYTES	  200	     /* of a value that a note names */
#define LIMIT_CLAIM_SHIFT_LINES	  256	     /* hashes between one that is short and one too long */
#define LIMIT_CLAIM_SOURCES	  65535	     /* names of sources of one file that are told apart */
#define LIMIT_INTEL_NETWORK_BITS  12	     /* of IPv4 that an indicator must fix at least ... */
#define LIMIT_INTEL_NETWORK6_BITS 28	     /* ... and of IPv6 */
#define LIMIT_CSV_FIELDS	  512	     /* of one record */
#define LIMIT_CSV_RECORD_LINES	  32	     /* that a quoted field may span */
#define LIMIT_CSV_RECORD_BYTES	  (1u << 20) /* of a record that spans lines */
#define LIMIT_WARNING_ENTRIES	  (4u << 20)

/* Case */
#define LIMIT_ENTITY_BYTES 4096 /* longer values are no entities */

/* Assessment */
#define LIMIT_TABLE_BYTES	(4u << 20)
#define LIMIT_ASSESSED_HOSTS	100000 /* hosts that are told apart; further ones name nobody */
#define LIMIT_ASSESSED_NAMED	64    /* servers that one piece of evidence names, for its folder */
#define LIMIT_ASSESSED_DISTINCT 65536 /* addresses, files ... of one stage on one server */

/* Messages between processes */
#define LIMIT_MESSAGE_BYTES	 (8u << 20)
#define LIMIT_MESSAGE_TEXT_BYTES (4u << 20)

/* A sealed worker child */
#define LIMIT_CHILD_MEMORY_BYTES (1024ull << 20)
#define LIMIT_TASK_SECONDS	 120		 /* without a word from the child */
#define LIMIT_TASK_TOTAL_SECONDS 3600		 /* however many words it says */
#define LIMIT_TASK_RESULT_BYTES	 (256ull << 20)	 /* of messages about one task */
#define LIMIT_RESULTS_AHEAD	 (1024ull << 20) /* bytes of results that wait for their turn */
#define LIMIT_CHILD_RESTARTS	 1000 /* over one file, before the rest of it is given up */
#define LIMIT_LIBRARY_BYTES	 (64ull << 20) /* of what readers learnt for recovery */
#define LIMIT_SPAN_BYTES	 (64u << 20)   /* of spans of one file, while they are compared */
#define LIMIT_REMAINS_UNITS	 (1u << 24)    /* of one file, told apart for recovery */
#define LIMIT_TASKS		 (1u << 20)    /* into which one file is split */
#define LIMIT_TALLY_ROWS	 65536	       /* hours x hosts x channels of one task */

/* Fetching intelligence (spoor-fetch) */
#define LIMIT_FETCH_PAGE_BYTES	    (64u << 20)	 /* of one answer, decompressed */
#define LIMIT_FETCH_BYTES	    (4ull << 30) /* of all objects */
#define LIMIT_FETCH_PAGES	    100000
#define LIMIT_FETCH_PAGE_OBJECTS    1000 /* that are asked for at once */
#define LIMIT_FETCH_COLLECTIONS	    1000 /* and API roots */
#define LIMIT_FETCH_TEXT_BYTES	    4096 /* of an id, a title, a "next", a secret */
#define LIMIT_FETCH_REQUEST_SECONDS 900
#define LIMIT_FETCH_RETRIES	    4
#define LIMIT_FETCH_WAIT_SECONDS    60ull /* before each */
#define LIMIT_FETCH_REDIRECTS	    3
