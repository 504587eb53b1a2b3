<!-- spoor: an inert stand-in for a page that takes orders; there is nothing in it. -->
