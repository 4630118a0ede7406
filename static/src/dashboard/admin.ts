// Only styles: the administration console over Django's own.
import './admin.css'
