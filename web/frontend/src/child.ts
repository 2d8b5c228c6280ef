// What the pages of children add to the frame: the years' picture and the family's.
import './child.css';
