"""The icons: 24 by 24, drawn with a line. Name → the inside of the `<svg>`."""

from typing import Final

ICONS: Final = {
    "sessions": '<rect x="3" y="4.5" width="18" height="15" rx="2.5"/><path d="m10 9 5 3-5 3z"/>',
    "live": '<circle cx="12" cy="12" r="2.2"/><path d="M7.8 7.8a6 6 0 0 0 0 8.4M16.2 7.8a6 6 0 0 1 0 8.4'
    'M4.9 4.9a10 10 0 0 0 0 14.2M19.1 4.9a10 10 0 0 1 0 14.2"/>',
    "projects": '<path d="m12 3 9 4.8-9 4.8-9-4.8zM3 12.2l9 4.8 9-4.8M3 16.4l9 4.8 9-4.8"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="m20 20-4.3-4.3"/>',
    "user": '<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20c.8-3.8 3.8-6 7.5-6s6.7 2.2 7.5 6"/>',
    "key": '<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5M16 7.5l3 3"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V7.6a4 4 0 0 1 8 0v2.9"/>',
    "logout": '<path d="M14 4.5H6.5a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2H14M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5"/>',
    "book": '<path d="M12 6.5C10 5 7.2 4.5 4 4.5v13.7c3.2 0 6 .5 8 2 2-1.5 4.8-2 8-2V4.5c-3.2 0-6 .5-8 2zV20"/>',
    "console": '<rect x="3" y="4" width="18" height="16" rx="2.5"/><path d="M3 9h18M7 13h4M7 16.5h7"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2.3M12 19.2v2.3M2.5 12h2.3M19.2 12h2.3'
    'M5.3 5.3l1.6 1.6M17.1 17.1l1.6 1.6M18.7 5.3l-1.6 1.6M6.9 17.1l-1.6 1.6"/>',
    "moon": '<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z"/>',
    "auto": '<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17a8.5 8.5 0 0 0 0-17z" fill="currentColor"/>',
    "copy": '<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M5.5 15H5a1.5 1.5 0 0 1-1.5-1.5V5A1.5 '
    '1.5 0 0 1 5 3.5h8.5A1.5 1.5 0 0 1 15 5v.5"/>',
    "link": '<path d="M10 14a4.2 4.2 0 0 0 6 0l3.5-3.5a4.2 4.2 0 0 0-6-6L12 6M14 10a4.2 4.2 0 0 0-6 0l-3.5 '
    '3.5a4.2 4.2 0 0 0 6 6L12 18"/>',
    "trash": '<path d="M4.5 6.5h15M9.5 6.5v-2h5v2M6.5 6.5l.8 13h9.4l.8-13M10.2 10.5v5.5M13.8 10.5v5.5"/>',
    "play": '<path d="M7.5 5v14l11-7z"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "warning": '<path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 17.2v.1"/>',
    "error": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5v5.5M12 16.2v.1"/>',
    "failed": '<path d="M4 8.5h13M13.5 5 17 8.5 13.5 12M20 15.5H7M10.5 12 7 15.5 10.5 19"/>',
    "click": '<path d="m9 9 11 4.2-4.7 1.9-1.9 4.7zM9 3.5v2M3.5 9h2M5.1 5.1l1.4 1.4M12.9 5.1l-1.4 1.4"/>',
    "pages": '<path d="M7 3.5h7l4.5 4.5v12.5H7zM14 3.5V8h4.5"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
    "back": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "next": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "external": '<path d="M13.5 4.5h6v6M19.5 4.5 11 13M10 5.5H6a1.5 1.5 0 0 0-1.5 1.5v11A1.5 1.5 0 0 0 6 '
    '19.5h11a1.5 1.5 0 0 0 1.5-1.5v-4"/>',
    "globe": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5.5 5.5 5.5 11.5 0 17M12 3.5c-5.5 '
    '5.5-5.5 11.5 0 17"/>',
    "chrome": '<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="3.4"/><path d="M12 8.6h7.7M9.1 '
    '13.7 5.2 7M14.9 13.7l-3.8 6.7"/>',
    "firefox": '<circle cx="12" cy="12" r="8.5"/><path d="M6.5 5.8c0 2 1.2 2.7 2.8 3 2.2.4 2.4 2 .7 2.9-1.7 1-.6 '
    '4.3 2.4 4.3 3.8 0 5.3-4.8 2.6-8"/>',
    "compass": '<circle cx="12" cy="12" r="8.5"/><path d="m15.8 8.2-2.2 5.4-5.4 2.2 2.2-5.4z"/>',
    "edge": '<circle cx="12" cy="12" r="8.5"/><path d="M4 10.5c2-4.5 10.5-5 11.8.2.7 3-3.3 2.8-3.3.8M8.5 12.5c-1.5 '
    '4 3.5 7.5 9.7 5"/>',
    "windows": '<path d="M4 6.2 11 5v6.5H4zM13 4.7l7-1.2v8h-7zM4 13.5h7V20l-7-1.2zM13 13.5h7v7.7l-7-1.2z"/>',
    "command": '<path d="M9 9h6v6H9zM9 9H6.8A2.3 2.3 0 1 1 9 6.7zM15 9V6.7A2.3 2.3 0 1 1 17.3 9zM15 15h2.3a2.3 '
    '2.3 0 1 1-2.3 2.3zM9 15v2.3A2.3 2.3 0 1 1 6.7 15z"/>',
    "apple-phone": '<rect x="6.5" y="2.5" width="11" height="19" rx="3"/><path d="M10.5 5h3"/>',
    "android": '<path d="M4 18a8 8 0 0 1 16 0zM7 11 5.3 8.2M17 11l1.7-2.8M9 14.8v.1M15 14.8v.1"/>',
    "terminal": '<rect x="3" y="4.5" width="18" height="15" rx="2.5"/><path d="m7 9.5 3 2.5-3 2.5M12.5 15H17"/>',
    "cpu": '<rect x="6.5" y="6.5" width="11" height="11" rx="2"/><path d="M10 3v3M14 3v3M10 18v3M14 18v3M3 10h3M3 '
    '14h3M18 10h3M18 14h3"/>',
    "desktop": '<rect x="3" y="4.5" width="18" height="12" rx="2"/><path d="M9 20h6M12 16.5V20"/>',
    "phone": '<rect x="7" y="2.5" width="10" height="19" rx="2.5"/><path d="M11 18.5h2"/>',
    "tablet": '<rect x="4.5" y="3" width="15" height="18" rx="2.5"/><path d="M11 18h2"/>',
    "bot": '<rect x="4.5" y="8" width="15" height="11" rx="2.5"/><path d="M12 8V4.5M9 13v.1M15 13v.1M9.5 16h5"/>',
    "settings": '<path d="M4 7h9M17 7h3M4 12h3M11 12h9M4 17h7M15 17h5"/><circle cx="15" cy="7" r="2"/><circle cx="9" '
    'cy="12" r="2"/><circle cx="13" cy="17" r="2"/>',
}
